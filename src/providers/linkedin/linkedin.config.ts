import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { Matches, ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';
import type { ProviderSettings } from '../../config/config.js';
import { TokenUrl } from '../kit/oauth/token-url.js';
import { PlatformOrigin } from '../kit/platform-origin.js';

/** One LinkedIn ad account: the variables `LINKEDIN_…` and `LINKEDIN__<TAG>__…`. */
export class LinkedInTag {
  /** Digits; the URN around them may stay. */
  @Transform(({ value }) => (typeof value === 'string' ? accountDigits(value) : (value as unknown)))
  @Matches(/^\d{1,18}$/, { message: 'must be the digits of an ad account' })
  adAccountId = '';

  /** A token that somebody renews by hand: it lives for 60 days. */
  @ValidateIf((tag: LinkedInTag) => !isRefreshed(tag) || tag.accessToken !== undefined)
  @Secret()
  @NotBesideRefreshToken()
  accessToken?: string = undefined;

  /** With these three, access tokens are got as they are needed. */
  @ValidateIf(isRefreshed)
  @Secret()
  clientId?: string = undefined;

  @ValidateIf(isRefreshed)
  @Secret()
  clientSecret?: string = undefined;

  @ValidateIf(isRefreshed)
  @Secret()
  refreshToken?: string = undefined;

  /** A version is served for a year: https://learn.microsoft.com/en-us/linkedin/marketing/versioning */
  @Matches(/^20\d{2}(?:0[1-9]|1[0-2])$/, { message: 'must look like 202608' })
  apiVersion = '202608';

  /** What LinkedIn told the app to call itself when it granted access; segments belong to it. */
  @Matches(/^[A-Z][A-Z0-9_]{1,63}$/, { message: 'must be a name such as DIRECT_API' })
  sourcePlatform = 'DIRECT_API';

  /** The origin alone; the path is added. */
  @PlatformOrigin()
  baseUrl = 'https://api.linkedin.com';

  @TokenUrl()
  tokenUrl = 'https://www.linkedin.com/oauth/v2/accessToken';
}

export const linkedInSettings: ProviderSettings<LinkedInTag> = { id: 'linkedin', tag: LinkedInTag };

function isRefreshed({ clientId, clientSecret, refreshToken }: LinkedInTag): boolean {
  return [clientId, clientSecret, refreshToken].some((value) => value !== undefined);
}

function accountDigits(value: string): string {
  return value.trim().replace(/^urn:li:sponsoredAccount:/, '');
}

function Secret(): PropertyDecorator {
  return Matches(/^[\x21-\x7e]+$/, { message: 'must be set, without blanks' });
}

/** Which of the two is used would be a guess. */
function NotBesideRefreshToken(): PropertyDecorator {
  return applyDecorators(
    ValidateBy({
      name: 'isNotBesideRefreshToken',
      validator: {
        validate: (_value, args?: ValidationArguments) => !isRefreshed(args?.object as LinkedInTag),
        defaultMessage: () => 'must be left out where clientId, clientSecret and refreshToken are set',
      },
    }),
  );
}
