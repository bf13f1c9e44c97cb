import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { PlatformHttp } from './platform-http.js';

/** What every platform folder needs: the HTTP client with our rules. */
@Module({ imports: [HttpModule], providers: [PlatformHttp], exports: [PlatformHttp] })
export class ProviderKitModule {}
