import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  type ValidationArguments,
} from 'class-validator';
import type { ProviderSettings } from '../../config/config.js';
import { alpha2 } from '../kit/country.js';
import type { ServiceAccountKey } from '../kit/oauth/service-account.js';
import { TokenUrl } from '../kit/oauth/token-url.js';
import { hasNumberingPlan } from '../kit/phone.js';
import { PlatformOrigin } from '../kit/platform-origin.js';
import { ServiceAccountKeySetting } from './oauth/google.key-setting.js';

const CONSENTS = ['GRANTED', 'UNSPECIFIED'] as const;

/** What the operator states of all users of a tag. */
export type GoogleConsent = (typeof CONSENTS)[number];

/** What goes into a form: one word of printable ASCII. */
const ONE_WORD = /^[\x21-\x7e]+$/;

/** One Google Ads account: the variables `GOOGLE_…` and `GOOGLE__<TAG>__…`. */
export class GoogleTag {
  @AccountId()
  customerId = '';

  /** The manager account through which the credentials reach the account. */
  @IsOptional()
  @AccountId()
  loginCustomerId?: string = undefined;

  /** Either these three, of a person who agreed, or a service account's key. */
  @WithoutServiceAccount()
  clientId?: string = undefined;

  @WithoutServiceAccount()
  clientSecret?: string = undefined;

  @WithoutServiceAccount()
  refreshToken?: string = undefined;

  @IsOptional()
  @ServiceAccountKeySetting()
  @WithoutClient()
  serviceAccountKey?: ServiceAccountKey = undefined;

  /** Without it Google processes nobody who lives in the European Economic Area. */
  @Consent()
  consentAdUserData: GoogleConsent = 'UNSPECIFIED';

  @Consent()
  consentAdPersonalization: GoogleConsent = 'UNSPECIFIED';

  /** How long members stay in lists that are made, unless they are sent again. */
  @IsInt({ message: 'must be a whole number from 1 to 540' })
  @Min(1, { message: 'must be a whole number from 1 to 540' })
  @Max(540, { message: 'must be a whole number from 1 to 540' })
  membershipDays = 540;

  /** Completes national phone numbers of users without a country. */
  @IsOptional()
  @CountryWithPhones()
  defaultCountry?: string = undefined;

  /**
   * How long to wait before asking what became of a request: Google asks for half an hour.
   * https://developers.google.com/data-manager/api/devguides/diagnostics
   */
  @IsInt({ message: 'must be a whole number from 1 to 21600' })
  @Min(1, { message: 'must be a whole number from 1 to 21600' })
  @Max(21_600, { message: 'must be a whole number from 1 to 21600' })
  pollSeconds = 1_800;

  /** The origin alone; version and path are added. */
  @PlatformOrigin()
  baseUrl = 'https://datamanager.googleapis.com';

  /** The origin of the Google Ads API, by which lookalikes are made. */
  @PlatformOrigin()
  adsBaseUrl = 'https://googleads.googleapis.com';

  /** A version is served for about a year: https://developers.google.com/google-ads/api/docs/sunset-dates */
  @Matches(/^v\d{2,3}$/, { message: 'must look like v26' })
  adsApiVersion = 'v26';

  /** Where access tokens are got: a whole address. */
  @TokenUrl()
  tokenUrl = 'https://oauth2.googleapis.com/token';
}

export const googleSettings: ProviderSettings<GoogleTag> = { id: 'google', tag: GoogleTag };

/** Google Ads shows account ids with hyphens, which its APIs do not take. */
function AccountId(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.trim().replaceAll('-', '') : (value as unknown))),
    Matches(/^\d{1,20}$/, { message: 'must be the digits of an account, with or without hyphens' }),
  );
}

function WithoutServiceAccount(): PropertyDecorator {
  return applyDecorators(
    ValidateIf(({ serviceAccountKey }: GoogleTag) => serviceAccountKey === undefined),
    Matches(ONE_WORD, { message: 'must be set, without blanks' }),
  );
}

/** With both it could not be told which one is meant. */
function WithoutClient(): PropertyDecorator {
  return ValidateBy({
    name: 'isWithoutClient',
    validator: {
      validate: (_value, args?: ValidationArguments) => {
        const { clientId, clientSecret, refreshToken } = (args?.object ?? {}) as GoogleTag;
        return [clientId, clientSecret, refreshToken].every((value) => value === undefined);
      },
      defaultMessage: () => 'must stand alone, without clientId, clientSecret and refreshToken',
    },
  });
}

/** With consent denied there is nobody whom one may send. */
function Consent(): PropertyDecorator {
  return IsIn(CONSENTS, {
    message: 'must be GRANTED or UNSPECIFIED; users who have not agreed must not be sent at all',
  });
}

function CountryWithPhones(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? (alpha2(value) ?? '') : (value as unknown))),
    ValidateBy({
      name: 'isCountryWithPhones',
      validator: {
        validate: (value) => typeof value === 'string' && hasNumberingPlan(value),
        defaultMessage: () => 'must be a country code such as GB',
      },
    }),
  );
}
