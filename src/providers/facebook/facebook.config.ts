import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import type { ProviderSettings } from '../../config/config.js';
import { PlatformOrigin } from '../kit/platform-origin.js';

const CUSTOMER_FILE_SOURCES = [
  'USER_PROVIDED_ONLY',
  'PARTNER_PROVIDED_ONLY',
  'BOTH_USER_AND_PARTNER_PROVIDED',
] as const;

export type CustomerFileSource = (typeof CUSTOMER_FILE_SOURCES)[number];

/** What goes into a header or a signature: one word of printable ASCII. */
const ONE_WORD = /^[\x21-\x7e]+$/;

/** One Facebook account: the variables `FACEBOOK_…` and `FACEBOOK__<TAG>__…`. */
export class FacebookTag {
  /** Best a system user's: it need not expire. */
  @Matches(ONE_WORD, { message: 'must be set, without blanks' })
  accessToken = '';

  /** Digits; `act_` in front, as the ads manager shows it, is taken off. */
  @Transform(({ value }) => (typeof value === 'string' ? value.trim().replace(/^act_/, '') : (value as unknown)))
  @Matches(/^\d{1,20}$/, { message: 'must be the digits of an ad account, with or without act_' })
  adAccountId = '';

  /** Signs each call (`appsecret_proof`); needed where the app demands it. */
  @IsOptional()
  @Matches(ONE_WORD, { message: 'must be one word' })
  appSecret?: string = undefined;

  @Matches(/^v\d{2}\.0$/, { message: 'must look like v26.0' })
  apiVersion = 'v26.0';

  /** Tells Facebook where the data comes from; an attestation of the operator. */
  @IsIn(CUSTOMER_FILE_SOURCES)
  customerFileSource: CustomerFileSource = 'USER_PROVIDED_ONLY';

  /** Sends a value with each user, for value-based lookalikes. Cannot be changed for an audience that exists. */
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : (value as unknown)))
  @IsBoolean({ message: 'must be true or false' })
  valueBased = false;

  /** The origin alone; version and path are added. */
  @PlatformOrigin()
  baseUrl = 'https://graph.facebook.com';
}

export const facebookSettings: ProviderSettings<FacebookTag> = { id: 'facebook', tag: FacebookTag };
