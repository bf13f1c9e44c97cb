import { ApiProperty } from '@nestjs/swagger';
import { COVERED, type CoveredField } from '../../../members/member-facts.js';
import {
  IDENTIFIER_FIELDS,
  type IdentifierField,
  REASON_WORDS,
  type RejectionReason,
} from '../../../providers/contract/rejection-vocabulary.js';

const SHARE = { type: Number, minimum: 0, maximum: 1, example: 0.42 } as const;
const MEMBERS = { type: 'integer', example: 41_230 } as const;

/** Members of one country. */
export class CountryShareDto {
  @ApiProperty({
    type: String,
    example: 'DE',
    description: 'ISO 3166-1 alpha-2; `others`: beyond the first 50; `unknown`',
  })
  readonly country!: string;

  @ApiProperty(MEMBERS)
  readonly members!: number;

  @ApiProperty(SHARE)
  readonly share!: number;
}

/** Members who come with something. */
export class FieldCoverageDto {
  @ApiProperty({ type: String, enum: COVERED, example: 'email', description: '`name`: first and last name' })
  readonly field!: CoveredField;

  @ApiProperty(MEMBERS)
  readonly members!: number;

  @ApiProperty(SHARE)
  readonly share!: number;
}

/** What an account’s rules leave out, and why. */
export class OutlookRejectionDto {
  @ApiProperty({ type: String, enum: [...IDENTIFIER_FIELDS, null], nullable: true, description: 'null: the member' })
  readonly field!: IdentifierField | null;

  @ApiProperty({ type: String, enum: REASON_WORDS, example: 'missing-country' })
  readonly reason!: RejectionReason;

  @ApiProperty({ ...MEMBERS, example: 310 })
  readonly members!: number;

  @ApiProperty({ ...SHARE, example: 0.0031 })
  readonly share!: number;
}

/** What one configured account could be sent of the members. */
export class MatchOutlookDto {
  @ApiProperty({ type: String, example: 'google' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({
    type: 'integer',
    example: 10_000,
    description: 'Members whom its rules were applied to, at most 10,000',
  })
  readonly checked!: number;

  @ApiProperty({
    type: 'integer',
    example: 98_310,
    description: 'Members who could be sent; an estimate where fewer were checked',
  })
  readonly sendable!: number;

  @ApiProperty({ ...SHARE, example: 0.9831, description: 'Of the checked' })
  readonly share!: number;

  @ApiProperty({ type: Number, nullable: true, example: 2.4, description: 'Of a member who could be sent, on average' })
  readonly identifiersPerMember!: number | null;

  @ApiProperty({ type: [OutlookRejectionDto], description: 'The most frequent first' })
  readonly rejections!: readonly OutlookRejectionDto[];
}

/** Members whose amount is within bounds. */
export class AmountBinDto {
  @ApiProperty({ type: Number, nullable: true, example: 0, description: 'From this on; null: less than `to`' })
  readonly from!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 50, description: 'Less than this; null: `from` and more' })
  readonly to!: number | null;

  @ApiProperty({ ...MEMBERS, example: 1_200 })
  readonly members!: number;
}

/** Amounts of one kind in one currency. */
export class AmountFiguresDto {
  @ApiProperty({ ...MEMBERS, description: 'Members with such an amount' })
  readonly members!: number;

  @ApiProperty({ type: Number, example: 1_843_220.5 })
  readonly sum!: number;

  @ApiProperty({ type: Number, example: 44.71 })
  readonly mean!: number;

  @ApiProperty({ type: Number, example: 31.2 })
  readonly median!: number;

  @ApiProperty({ type: Number, example: 98.9, description: 'Nine of ten have less' })
  readonly p90!: number;

  @ApiProperty({ type: [AmountBinDto], description: 'Bins of one width, and what is far beyond them' })
  readonly histogram!: readonly AmountBinDto[];
}

/** Purchases in one currency. */
export class CurrencyFiguresDto {
  @ApiProperty({ type: String, example: 'EUR', description: 'ISO 4217, or `unknown`' })
  readonly currency!: string;

  @ApiProperty(MEMBERS)
  readonly members!: number;

  @ApiProperty({ type: AmountFiguresDto, nullable: true, description: 'null: nobody has one' })
  readonly profit!: AmountFiguresDto | null;

  @ApiProperty({ type: AmountFiguresDto, nullable: true, description: 'null: nobody has one' })
  readonly total7Days!: AmountFiguresDto | null;
}

/** Another custom audience, and how many members both have. */
export class OverlapDto {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ type: String, example: 'blotout_Buyers' })
  readonly name!: string;

  @ApiProperty({ type: String, example: 'tiktok' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ ...MEMBERS, description: 'Of the other audience' })
  readonly members!: number;

  @ApiProperty({ ...MEMBERS, example: 12_500 })
  readonly common!: number;

  @ApiProperty({ ...SHARE, example: 0.125, description: 'Of this audience’s members' })
  readonly share!: number;

  @ApiProperty({ type: Boolean, description: 'Whether `members` and `common` are estimates' })
  readonly isEstimate!: boolean;
}

/** What the members are like, as far as we know them. */
export class MembersAnalysisDto {
  @ApiProperty({ type: 'integer', example: 100_000, description: 'Exact' })
  readonly count!: number;

  @ApiProperty({ type: 'integer', example: 100_000, description: 'Members who were looked at' })
  readonly analysed!: number;

  @ApiProperty({
    type: Boolean,
    description: 'true: a uniform sample was looked at, and all but `count` are estimates',
  })
  readonly isSample!: boolean;

  @ApiProperty({ type: [CountryShareDto], description: 'The largest first; then `others` and `unknown`' })
  readonly countries!: readonly CountryShareDto[];

  @ApiProperty({ type: [FieldCoverageDto] })
  readonly coverage!: readonly FieldCoverageDto[];

  @ApiProperty({ type: [MatchOutlookDto], description: 'Of each configured account' })
  readonly outlook!: readonly MatchOutlookDto[];

  @ApiProperty({ type: [CurrencyFiguresDto] })
  readonly values!: readonly CurrencyFiguresDto[];

  @ApiProperty({ type: [OverlapDto], description: 'The largest first' })
  readonly overlap!: readonly OverlapDto[];
}
