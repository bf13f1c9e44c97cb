import { ApiProperty } from '@nestjs/swagger';

const FIELD = { type: String, nullable: true, example: 'phone', description: 'The identifier; null: the whole user' };
const REASON = {
  type: String,
  example: 'missing-country',
  description: 'The words of `GET /sessions/{id}/rejections`',
};

/** How many users a tag would leave out, or one identifier of them. */
export class RejectionShareDto {
  @ApiProperty(FIELD)
  readonly field!: string | null;

  @ApiProperty(REASON)
  readonly reason!: string;

  @ApiProperty({ type: 'integer', example: 91 })
  readonly users!: number;

  @ApiProperty({
    type: Number,
    example: 0.91,
    description: '`users` out of those that gave this field; where `field` is null, out of all. 0 to 1, four decimals',
  })
  readonly share!: number;
}

/** One thing that would be sent of a user. Its value is not shown: the digest tells whether two systems mean the same. */
export class PreviewIdentifierDto {
  @ApiProperty({ type: String, example: 'EMAIL', description: 'What the platform calls it' })
  readonly name!: string;

  @ApiProperty({
    type: String,
    pattern: '^[0-9a-f]{64}$',
    example: 'b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72',
    description: 'SHA-256 of the normal form, UTF-8',
  })
  readonly digest!: string;

  @ApiProperty({ type: Boolean, example: true, description: 'false: the platform gets the normal form itself' })
  readonly hashed!: boolean;
}

/** Why a user, or one identifier of it, would be left out. */
export class PreviewRejectionDto {
  @ApiProperty(FIELD)
  readonly field!: string | null;

  @ApiProperty(REASON)
  readonly reason!: string;
}

/** What a tag would get of one user. */
export class UserPreviewDto {
  @ApiProperty({ type: 'integer', example: 0, description: 'Place in `users`, from 0' })
  readonly user!: number;

  @ApiProperty({ type: [PreviewIdentifierDto], description: 'Empty: the user would be skipped' })
  readonly identifiers!: PreviewIdentifierDto[];

  @ApiProperty({ type: [PreviewRejectionDto] })
  readonly rejections!: PreviewRejectionDto[];
}

/** One step of a value on its way to the form in which it is sent. */
export class NormalisationStepDto {
  @ApiProperty({ type: String, example: 'email' })
  readonly field!: string;

  @ApiProperty({
    type: String,
    example: 'lower case',
    description: '`as given` comes first, `SHA-256` last where digests are sent, `refused: ...` where nothing is',
  })
  readonly rule!: string;

  @ApiProperty({
    type: String,
    example: 'ada@example.com',
    description: 'What the step made of the value; of a refusal its reason. Steps that change nothing are left out',
  })
  readonly result!: string;
}

/** What would become of the batch at one tag. */
export class TagPreviewDto {
  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ type: String, example: 'act_1234567890' })
  readonly account!: string;

  @ApiProperty({ type: 'integer', example: 100, description: 'Users in the batch: `sent` + `skipped`' })
  readonly received!: number;

  @ApiProperty({ type: 'integer', example: 66, description: 'Users of whom something would be sent' })
  readonly sent!: number;

  @ApiProperty({ type: 'integer', example: 34, description: 'Users without an identifier that the platform can match' })
  readonly skipped!: number;

  @ApiProperty({ type: [RejectionShareDto], description: 'Over all users, the most frequent first' })
  readonly rejections!: RejectionShareDto[];

  @ApiProperty({
    type: [String],
    example: ['91 % of phones have no country code, and their users no country (91 of 100)'],
  })
  readonly warnings!: string[];

  @ApiProperty({ type: [UserPreviewDto], description: 'The first users of the batch' })
  readonly preview!: UserPreviewDto[];

  @ApiProperty({
    type: [NormalisationStepDto],
    required: false,
    description:
      'With `explain=true`: the steps of the one user, in the order in which they are done. Holds its values',
  })
  readonly steps?: NormalisationStepDto[];
}

/** What would become of a batch. Nothing was sent and nothing stored. */
export class PreviewAnswerDto {
  @ApiProperty({ type: Boolean, enum: [true], example: true })
  readonly success!: true;

  @ApiProperty({ type: String, example: 'blotout_Newsletter', description: 'The audience’s name on every platform' })
  readonly segment!: string;

  @ApiProperty({ type: 'integer', example: 100, description: 'Users in the batch' })
  readonly received!: number;

  @ApiProperty({ type: [TagPreviewDto] })
  readonly tags!: TagPreviewDto[];

  @ApiProperty({ type: [String], description: 'What is odd about the batch itself, whatever the platform' })
  readonly warnings!: string[];
}
