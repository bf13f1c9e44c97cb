import { ApiProperty } from '@nestjs/swagger';
import {
  CUSTOM_AUDIENCE_STATUSES,
  CUSTOM_AUDIENCE_TYPES,
  type CustomAudienceStatus,
  type CustomAudienceType,
  ENGAGEMENT_TYPES,
  type EngagementType,
} from '../../providers/contract/custom-audience-words.js';
import {
  CUSTOM_AUDIENCE_SOURCES,
  type CustomAudienceSource,
  DATA_UPLOAD_METHODS,
  UPDATE_FREQUENCIES,
  type UpdateFrequency,
} from '../records/custom-audience-row.js';
import {
  AppEventsDto,
  AudienceUseDto,
  AudienceWarningDto,
  CustomerListDto,
  LookalikeRefDto,
  WebsiteRuleDto,
} from './custom-audience-parts.dto.js';

const DATE_TIME = { type: String, format: 'date-time' } as const;
const NOT_TOLD = 'null: the platform does not tell';

/** One audience in one account of one platform. */
export class CustomAudienceDto {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ type: String, example: 'blotout_Newsletter', description: 'As on the platform, prefix included' })
  readonly name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Example Ltd', description: 'Whose audience it is' })
  readonly business!: string | null;

  @ApiProperty({ type: String, example: 'facebook', description: 'The provider id, as in GET /providers' })
  readonly platform!: string;

  @ApiProperty({ type: String, example: 'default', description: 'Our name of the account' })
  readonly tag!: string;

  @ApiProperty({ type: String, example: 'act_1234567890' })
  readonly account!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '120210987654321098',
    description: 'The platform’s id; null until the audience is there',
  })
  readonly audienceId!: string | null;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_TYPES })
  readonly type!: CustomAudienceType;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_SOURCES })
  readonly source!: CustomAudienceSource;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_STATUSES })
  readonly status!: CustomAudienceStatus;

  @ApiProperty({ type: String, nullable: true, description: 'Why; null where the status says all' })
  readonly statusReason!: string | null;

  @ApiProperty({ type: [AudienceWarningDto], description: 'What somebody should look at although the audience works' })
  readonly warnings!: AudienceWarningDto[];

  @ApiProperty({ type: String, nullable: true })
  readonly description!: string | null;

  @ApiProperty({ type: CustomerListDto, nullable: true, description: 'null: the audience is no list of customers' })
  readonly customerList!: CustomerListDto | null;

  @ApiProperty({ type: String, nullable: true, description: 'Id of the pixel or of the offline event set' })
  readonly pixel!: string | null;

  @ApiProperty({ type: [WebsiteRuleDto], nullable: true, description: 'People who meet one of them' })
  readonly websiteRules!: readonly WebsiteRuleDto[] | null;

  @ApiProperty({ type: AppEventsDto, nullable: true })
  readonly appEvents!: AppEventsDto | null;

  @ApiProperty({ type: String, enum: ENGAGEMENT_TYPES, nullable: true })
  readonly engagementType!: EngagementType | null;

  @ApiProperty({ type: [String], nullable: true, description: 'Ids of the pages, videos, forms or accounts' })
  readonly engagementSources!: readonly string[] | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 180, description: 'Days that people stay in it' })
  readonly retentionDays!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: `People who can be reached; ${NOT_TOLD}` })
  readonly size!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Below this it cannot be targeted; null: no minimum' })
  readonly minimumSize!: number | null;

  @ApiProperty({ type: String, enum: DATA_UPLOAD_METHODS })
  readonly dataUploadMethod!: string;

  @ApiProperty({ type: Number, minimum: 0, maximum: 1, nullable: true, description: NOT_TOLD })
  readonly matchingRate!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: `Of those we sent, how many it knows; ${NOT_TOLD}` })
  readonly matchedUsers!: number | null;

  @ApiProperty({ type: 'integer', description: 'Users that the platform took from us' })
  readonly uploadedRecords!: number;

  @ApiProperty({ type: [String], example: ['size'], description: 'Which of the figures are estimates' })
  readonly estimates!: readonly string[];

  @ApiProperty({ type: [AudienceUseDto], nullable: true, description: NOT_TOLD })
  readonly campaigns!: readonly AudienceUseDto[] | null;

  @ApiProperty({ type: [AudienceUseDto], nullable: true, description: `Ads, ad groups or line items; ${NOT_TOLD}` })
  readonly ads!: readonly AudienceUseDto[] | null;

  @ApiProperty({ type: [LookalikeRefDto], nullable: true, description: NOT_TOLD })
  readonly lookalikeAudiences!: LookalikeRefDto[] | null;

  @ApiProperty({ type: [AudienceUseDto], nullable: true, description: `Where it keeps people out; ${NOT_TOLD}` })
  readonly exclusions!: readonly AudienceUseDto[] | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Of a lookalike: what it was made of' })
  readonly seed!: string | null;

  @ApiProperty({ ...DATE_TIME, nullable: true, description: `When the platform last changed it; ${NOT_TOLD}` })
  readonly lastUpdated!: string | null;

  @ApiProperty({ type: Boolean, description: 'Whether the stored members are sent again by themselves' })
  readonly autoUpdate!: boolean;

  @ApiProperty({ type: String, enum: UPDATE_FREQUENCIES, nullable: true })
  readonly updateFrequency!: UpdateFrequency | null;

  @ApiProperty({ type: Boolean, nullable: true, description: 'As you said; null: nobody said' })
  readonly gdprCompliant!: boolean | null;

  @ApiProperty({ type: Boolean, nullable: true, description: 'As you said; null: nobody said' })
  readonly consentCollected!: boolean | null;

  @ApiProperty({ type: [String], example: ['newsletter'], description: 'Words of your own' })
  readonly tags!: readonly string[];

  @ApiProperty({ type: Object, additionalProperties: true, example: { owner: 'crm' }, description: 'Your own' })
  readonly metadata!: Readonly<Record<string, unknown>>;

  @ApiProperty({ ...DATE_TIME, nullable: true, description: 'When the platform was last asked' })
  readonly polledAt!: string | null;

  @ApiProperty(DATE_TIME)
  readonly createdAt!: string;

  @ApiProperty(DATE_TIME)
  readonly updatedAt!: string;
}

/** A page of custom audiences. */
export class CustomAudiencePageDto {
  @ApiProperty({ type: [CustomAudienceDto] })
  readonly items!: CustomAudienceDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For `cursor` of the next page; null: this is the last' })
  readonly nextCursor!: string | null;
}
