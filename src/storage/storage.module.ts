import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { Database } from './database.js';
import { encryptionKeyFor } from './encryption-key.js';
import { DatabaseNews } from './news/database-news.js';
import { PayloadCipher } from './payload-cipher.js';

/** The database and the cipher of what it keeps. Both are ready before the application listens. */
@Global()
@Module({
  providers: [
    {
      provide: PayloadCipher,
      inject: [AppConfig],
      useFactory: async (config: AppConfig) => new PayloadCipher(await encryptionKeyFor(config)),
    },
    {
      provide: Database,
      // After the cipher: without a key nothing is started.
      inject: [AppConfig, PayloadCipher],
      useFactory: (config: AppConfig) => Database.open(config),
    },
    DatabaseNews,
  ],
  exports: [Database, DatabaseNews, PayloadCipher],
})
export class StorageModule {}
