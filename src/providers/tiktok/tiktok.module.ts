import { Module } from '@nestjs/common';
import { ProviderKitModule } from '../kit/provider-kit.module.js';
import { TikTokProvider } from './tiktok.provider.js';

@Module({ imports: [ProviderKitModule], providers: [TikTokProvider], exports: [TikTokProvider] })
export class TikTokModule {}
