import { hash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppConfig, type Scope } from '../config/config.js';

/** A key that a caller has shown, without its secret. */
export interface KnownKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

interface StoredKey extends KnownKey {
  readonly digest: Buffer;
}

/** The configured API keys, held as digests. */
@Injectable()
export class ApiKeysService {
  private readonly keys: readonly StoredKey[];

  constructor(config: AppConfig) {
    this.keys = config.apiKeys.map(({ name, secret, scopes }) => ({ name, scopes, digest: sha256(secret) }));
  }

  /** Whether calls need no key: only a service on loopback may be configured so. */
  get isOpen(): boolean {
    return this.keys.length === 0;
  }

  /** The key that the request carries; undefined when it carries none or one that is not ours. */
  identify(req: Request): KnownKey | undefined {
    const secret = secretOf(req);
    if (secret === undefined) return undefined;
    const digest = sha256(secret);
    // Over all keys, so that the time taken does not tell which one fits.
    return this.keys.reduce<KnownKey | undefined>(
      (found, key) => (timingSafeEqual(key.digest, digest) ? key : found),
      undefined,
    );
  }
}

/** What came as `Authorization: Bearer` or as `X-API-Key`. */
export function secretOf(req: Request): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
  return bearer ?? req.get('x-api-key');
}

export function hasScope(key: KnownKey, scope: Scope): boolean {
  return key.scopes.includes(scope) || key.scopes.includes('admin');
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
