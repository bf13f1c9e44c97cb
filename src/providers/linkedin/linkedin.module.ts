import { Module } from '@nestjs/common';
import { ProviderKitModule } from '../kit/provider-kit.module.js';
import { LinkedInProvider } from './linkedin.provider.js';

@Module({ imports: [ProviderKitModule], providers: [LinkedInProvider], exports: [LinkedInProvider] })
export class LinkedInModule {}
