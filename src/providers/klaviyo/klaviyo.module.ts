import { Module } from '@nestjs/common';
import { ProviderKitModule } from '../kit/provider-kit.module.js';
import { KlaviyoProvider } from './klaviyo.provider.js';

@Module({ imports: [ProviderKitModule], providers: [KlaviyoProvider], exports: [KlaviyoProvider] })
export class KlaviyoModule {}
