import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { Database } from './database.js';
import { ENCRYPTION_KEY, encryptionKeyFor } from './encryption-key.js';
import { DatabaseNews } from './news/database-news.js';
import { PayloadCipher } from './payload-cipher.js';

/** The database and the cipher of what it keeps. Both are ready before the application listens. */
@Global()
@Module({
  providers: [
    { provide: ENCRYPTION_KEY, inject: [AppConfig], useFactory: encryptionKeyFor },
    { provide: PayloadCipher, inject: [ENCRYPTION_KEY], useFactory: (key: Buffer) => new PayloadCipher(key) },
    {
      provide: Database,
      // After the cipher: without a key nothing is started.
      inject: [AppConfig, PayloadCipher],
      useFactory: (config: AppConfig) => Database.open(config),
    },
    DatabaseNews,
  ],
  exports: [Database, DatabaseNews, ENCRYPTION_KEY, PayloadCipher],
})
export class StorageModule {}
