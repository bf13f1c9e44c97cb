import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateBy, type ValidationArguments } from 'class-validator';
import type { ProviderSettings } from '../../config/config.js';
import { alpha2 } from '../kit/country.js';
import { hasNumberingPlan } from '../kit/phone.js';
import { PlatformOrigin } from '../kit/platform-origin.js';

const ROUTES = ['stream', 'file'] as const;
const EMAIL_NORMALIZATIONS = ['api', 'basic', 'both'] as const;
const PHONE_NORMALIZATIONS = ['plus', 'both'] as const;

export type TikTokRoute = (typeof ROUTES)[number];
export type EmailNormalization = (typeof EMAIL_NORMALIZATIONS)[number];
export type PhoneNormalization = (typeof PHONE_NORMALIZATIONS)[number];

/** One TikTok ad account: the variables `TIKTOK_…` and `TIKTOK__<TAG>__…`. */
export class TikTokTag {
  /** The long-term token of the Marketing API: it does not expire and cannot be refreshed. */
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be set, without blanks' })
  accessToken = '';

  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown)))
  @Matches(/^\d{1,20}$/, { message: 'must be the digits of an ad account' })
  advertiserId = '';

  /** `stream` adds users call by call (Partner Audience), `file` uploads files (Customer File Audience). */
  @IsIn(ROUTES, { message: 'must be stream or file' })
  route: TikTokRoute = 'stream';

  /** TikTok's pages disagree on dots and `+tags` of addresses: their API reference, their help centre, or both forms. */
  @IsIn(EMAIL_NORMALIZATIONS, { message: 'must be api, basic or both' })
  emailNormalization: EmailNormalization = 'api';

  /** And on the plus of phone numbers: with it, or both forms. */
  @IsIn(PHONE_NORMALIZATIONS, { message: 'must be plus or both' })
  phoneNormalization: PhoneNormalization = 'plus';

  /** Completes national phone numbers of users without a country. */
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? (alpha2(value) ?? '') : (value as unknown)))
  @CountryWithPhones()
  defaultCountry?: string = undefined;

  /** Days after its creation at which an audience expires, whatever is done with it. Unset: a year after its last use. */
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? Number(value) : (value as unknown)))
  @IsInt({ message: 'must be a whole number from 1 to 365' })
  @Min(1, { message: 'must be a whole number from 1 to 365' })
  @Max(365, { message: 'must be a whole number from 1 to 365' })
  @FileRouteOnly()
  retentionInDays?: number = undefined;

  /** The origin alone; version and path are added. */
  @PlatformOrigin()
  baseUrl = 'https://business-api.tiktok.com';
}

export const tiktokSettings: ProviderSettings<TikTokTag> = { id: 'tiktok', tag: TikTokTag };

function CountryWithPhones(): PropertyDecorator {
  return applyDecorators(
    ValidateBy({
      name: 'isCountryWithPhones',
      validator: {
        validate: (value) => typeof value === 'string' && hasNumberingPlan(value),
        defaultMessage: () => 'must be a country code such as GB',
      },
    }),
  );
}

/** A segment that is filled by calls takes no retention: to ignore the setting would keep people longer than was asked. */
function FileRouteOnly(): PropertyDecorator {
  return applyDecorators(
    ValidateBy({
      name: 'isFileRouteOnly',
      validator: {
        validate: (_value, args?: ValidationArguments) => (args?.object as TikTokTag | undefined)?.route === 'file',
        defaultMessage: () => 'is for ROUTE=file alone',
      },
    }),
  );
}
