import { randomBytes } from 'node:crypto';
import { type Request } from 'express';
import { type SandboxClock } from '../sandbox-clock.js';
import { notAllowed, TikTokError } from './tiktok-error.js';
import { type TikTokSettings, type TikTokTokenState } from './tiktok-options.js';

/** 30 reads audiences, 31 creates and changes them, 32 shares them: https://business-api.tiktok.com/portal/docs?id=1753986142651394 */
export type Scope = 30 | 31 | 32;

const CODE_LIFETIME_MS = 3_600_000;

/** Decides what a token may do. Tokens have no expiry of their own and cannot be refreshed. */
export class TokenGate {
  private states = new Map<string, TikTokTokenState>();
  /** Tokens given out for an authorization code, with the ad accounts they open. */
  private readonly issued = new Map<string, readonly string[]>();
  private readonly usedCodes = new Set<string>();
  private codesUntil = 0;

  constructor(
    private readonly settings: TikTokSettings,
    private readonly clock: SandboxClock,
  ) {
    this.reset();
  }

  reset(): void {
    this.states = new Map(Object.entries(this.settings.tokens));
    this.issued.clear();
    this.usedCodes.clear();
    this.codesUntil = this.clock.now() + CODE_LIFETIME_MS;
  }

  set(token: string, state: TikTokTokenState): void {
    this.states.set(token, state);
  }

  /** The token of a call, once it has shown that it is alive. It counts in its own header only. */
  admit(req: Request): string {
    const token = req.get('Access-Token') ?? '';
    if (token === '') {
      throw new TikTokError(40104, 'Access token is null, you should set it in http header with key Access-Token.');
    }
    const state = this.states.get(token) ?? 'valid';
    if (state === 'expired') throw new TikTokError(40102, 'Access token has expired.');
    if (state === 'revoked' || !this.exists(token)) {
      throw new TikTokError(40105, 'Access token is incorrect or has been revoked.');
    }
    return token;
  }

  /** Refuses tokens that lack the scope of a call. */
  authorise(token: string, scope: Scope): void {
    const state = this.states.get(token);
    if (state === 'no-permission' || (state === 'read-only' && scope !== 30)) {
      throw notAllowed(`No permission: scope ${scope} is not granted.`);
    }
  }

  /** Refuses ad accounts that do not exist or that the token was not authorized for. */
  requireAdvertiser(token: string, advertiser: string): void {
    if (this.settings.advertisers?.includes(advertiser) === false) {
      throw new TikTokError(40300, `Advertiser ${advertiser} does not exist.`);
    }
    if (this.advertisersOf(token)?.includes(advertiser) === false) {
      throw notAllowed(`No permission to operate advertiser ${advertiser}.`);
    }
  }

  /** The ad accounts of a token; undefined when it may act for all. */
  advertisersOf(token: string): readonly string[] | undefined {
    return this.issued.get(token) ?? this.settings.tokenAdvertisers[token];
  }

  /** A token for an authorization code, which is good once and for an hour. */
  exchange(code: string): { token: string; advertisers: readonly string[] } {
    const advertisers = Object.hasOwn(this.settings.authCodes, code) ? this.settings.authCodes[code] : undefined;
    if (advertisers === undefined || this.usedCodes.has(code) || this.clock.now() >= this.codesUntil) {
      throw new TikTokError(40110, 'The auth_code is invalid, used or expired.');
    }
    this.usedCodes.add(code);
    const token = randomBytes(20).toString('hex');
    this.issued.set(token, advertisers);
    return { token, advertisers };
  }

  /** Spaces show that a scheme was put before the token, which the platform does not have. */
  private exists(token: string): boolean {
    if (token.includes(' ')) return false;
    return this.issued.has(token) || (this.settings.acceptedTokens?.includes(token) ?? true);
  }
}
