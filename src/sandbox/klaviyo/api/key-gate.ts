import { type KlaviyoKeyState, type KlaviyoSettings } from '../klaviyo-options.js';
import { HtmlRefusal, refusal } from './api-error.js';

const READ_ONLY = /:read$/;

/**
 * Decides what a private key may do. https://developers.klaviyo.com/en/docs/authenticate_
 */
export class KeyGate {
  private states = new Map<string, KlaviyoKeyState>();

  constructor(private readonly settings: KlaviyoSettings) {
    this.reset();
  }

  reset(): void {
    this.states = new Map(Object.entries(this.settings.keys));
  }

  set(key: string, state: KlaviyoKeyState): void {
    this.states.set(key, state);
  }

  /** The key of a call, once it has shown that it is alive. */
  admit(authorization: string | undefined): string {
    // A bearer that is a private key never reaches the platform: https://github.com/klaviyo/klaviyo-api-ruby/issues/39
    if (/^Bearer pk_/i.test(authorization ?? '')) throw new HtmlRefusal(400);
    const key = /^Klaviyo-API-Key +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) {
      const title = 'Authentication credentials were not provided.';
      const detail = 'Missing or invalid authorization scheme. Please use Klaviyo-API-Key.';
      throw refusal(401, 'not_authenticated', title, detail);
    }
    const state = this.state(key);
    if (state === 'challenged') throw new HtmlRefusal(403, { 'cf-mitigated': 'challenge' });
    if (state === 'revoked' || !key.startsWith('pk_')) {
      throw refusal(401, 'authentication_failed', 'Incorrect authentication credentials.');
    }
    return key;
  }

  /** Refuses a key that lacks a scope of the operation, without saying which. */
  authorise(key: string, scopes: readonly string[]): void {
    if (scopes.every((scope) => this.has(key, scope))) return;
    throw refusal(403, 'permission_denied', 'You do not have permission to perform this action.');
  }

  /** The account that the key was made in. */
  accountOf(key: string): string {
    return this.settings.keyAccounts[key] ?? this.settings.accountId;
  }

  private state(key: string): KlaviyoKeyState {
    return this.states.get(key) ?? 'valid';
  }

  private has(key: string, scope: string): boolean {
    const state = this.state(key);
    if (state === 'no-scopes') return false;
    if (state === 'read-only' && !READ_ONLY.test(scope)) return false;
    if (state === 'no-segments' && scope.startsWith('segments:')) return false;
    return this.settings.keyScopes[key]?.includes(scope) ?? true;
  }
}
