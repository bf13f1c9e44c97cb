import { Module } from '@nestjs/common';
import { ProviderKitModule } from '../kit/provider-kit.module.js';
import { GoogleProvider } from './google.provider.js';

@Module({ imports: [ProviderKitModule], providers: [GoogleProvider], exports: [GoogleProvider] })
export class GoogleModule {}
