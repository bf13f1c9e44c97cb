import { Module } from '@nestjs/common';
import { ProviderKitModule } from '../kit/provider-kit.module.js';
import { TwitterProvider } from './twitter.provider.js';

@Module({ imports: [ProviderKitModule], providers: [TwitterProvider], exports: [TwitterProvider] })
export class TwitterModule {}
