import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  ThrottlerStorage,
} from '@nestjs/throttler';
import type { Request } from 'express';
import { ApiKeysService } from './api-keys.service.js';
import { IS_PUBLIC } from './public.decorator.js';

/**
 * Global guard: one budget of calls a minute for each key, and for each address that shows none of our keys. It stands before
 * the key guard, so that guessing keys is slow as well. Each process counts for itself.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly keys: ApiKeysService,
  ) {
    super(options, storage, reflector);
  }

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    return Promise.resolve(Boolean(this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, places)));
  }

  protected override async getTracker(req: Request): Promise<string> {
    const key = this.keys.identify(req);
    return key ? `key ${key.name}` : `address ${await super.getTracker(req)}`;
  }

  /** One budget for all handlers together. */
  protected override generateKey(_context: ExecutionContext, tracker: string, limit: string): string {
    return `${limit} ${tracker}`;
  }
}
