import { Transform } from 'class-transformer';
import { ArrayNotEmpty, IsBoolean, Matches, ValidateBy } from 'class-validator';
import type { ProviderSettings } from '../../config/config.js';
import { PlatformOrigin } from '../kit/platform-origin.js';
import { hasPhoneRules } from './klaviyo.phone.js';

/** One Klaviyo account: the variables `KLAVIYO_…` and `KLAVIYO__<TAG>__…`. */
export class KlaviyoTag {
  /** A private key, with the scopes that README lists. */
  @Matches(/^pk_[\x21-\x7e]+$/, { message: 'must be a private key, which starts with pk_' })
  apiKey = '';

  /** The date that stands for a version of the API. */
  @Matches(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/, { message: 'must look like 2026-07-15' })
  revision = '2026-07-15';

  /** Makes a segment of the same name over each list, which is what marketers look for and target. */
  @IsBoolean({ message: 'must be true or false' })
  createSegment = true;

  /** Where phone numbers are sent from; a number of any other country is left out. */
  @Transform(({ value }) => (typeof value === 'string' ? codesOf(value) : (value as unknown)))
  @ArrayNotEmpty({ message: 'must name at least one country' })
  @ValidateBy({
    name: 'arePhoneCountries',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.every((code: string) => hasPhoneRules(code)),
      defaultMessage: () => 'must be two-letter country codes, separated by commas',
    },
  })
  phoneCountries: readonly string[] = ['US', 'CA', 'GB', 'IE', 'AU', 'NZ'];

  /** The origin alone; the path is added. */
  @PlatformOrigin()
  baseUrl = 'https://a.klaviyo.com';
}

export const klaviyoSettings: ProviderSettings<KlaviyoTag> = { id: 'klaviyo', tag: KlaviyoTag };

function codesOf(list: string): string[] {
  const codes = list.split(',').map((code) => code.trim().toUpperCase());
  return [...new Set(codes)].filter((code) => code !== '');
}
