import { Global, Module } from '@nestjs/common';
import { AccessTokens } from '../kit/oauth/access-tokens.js';
import { AccessTokenRepository } from './access-token.repository.js';
import { StoredAccessTokens } from './stored-access-tokens.service.js';

/** Global, because platform folders ask for `AccessTokens` without knowing that they are stored. */
@Global()
@Module({
  providers: [AccessTokenRepository, { provide: AccessTokens, useClass: StoredAccessTokens }],
  exports: [AccessTokens],
})
export class AccessTokensModule {}
