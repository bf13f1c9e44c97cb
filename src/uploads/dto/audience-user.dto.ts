import { ApiProperty } from '@nestjs/swagger';

const optionalText = (description: string, example: string) => ({
  type: String,
  required: false,
  nullable: true,
  maxLength: 1_000,
  description,
  example,
});

const optionalAmount = (description: string) => ({
  oneOf: [{ type: 'number' as const }, { type: 'string' as const, maxLength: 1_000 }],
  required: false,
  nullable: true,
  description,
});

/** What a person has bought. */
export class PurchaseDto {
  @ApiProperty(optionalText('ISO 4217 code', 'USD'))
  readonly currency?: string | null;

  @ApiProperty({ ...optionalAmount('In units of the currency'), example: 129.9 })
  readonly profit?: number | string | null;

  @ApiProperty({ ...optionalAmount('Spent in the last seven days, in units of the currency'), example: 59.95 })
  readonly total7Days?: number | string | null;
}

/** One person. Every field is optional: `null` and `""` mean absent, and fields that are not listed are ignored. */
export class AudienceUserDto {
  @ApiProperty(optionalText('Your own id of the person', 'edge-10001'))
  readonly edgeTagId?: string | null;

  @ApiProperty(optionalText('Plain, or its SHA-256 digest in hexadecimal', 'ada@example.com'))
  readonly email?: string | null;

  @ApiProperty(optionalText('With country code, or national together with `country`', '+1 202 555 0143'))
  readonly phone?: string | null;

  @ApiProperty(optionalText('Given name', 'Ada'))
  readonly firstName?: string | null;

  @ApiProperty(optionalText('Family name', 'Example'))
  readonly lastName?: string | null;

  @ApiProperty(optionalText('ISO 3166-1 code or English name', 'US'))
  readonly country?: string | null;

  @ApiProperty(optionalText('Postal code', '20500'))
  readonly postalCode?: string | null;

  @ApiProperty({ type: PurchaseDto, required: false, nullable: true })
  readonly purchase?: PurchaseDto | null;
}
