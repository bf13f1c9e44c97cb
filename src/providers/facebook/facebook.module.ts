import { Module } from '@nestjs/common';
import { ProviderKitModule } from '../kit/provider-kit.module.js';
import { FacebookProvider } from './facebook.provider.js';

@Module({ imports: [ProviderKitModule], providers: [FacebookProvider], exports: [FacebookProvider] })
export class FacebookModule {}
