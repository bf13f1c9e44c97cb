import { ApiProperty } from '@nestjs/swagger';

/** One mistake of a request. */
export class FieldMistakeDto {
  @ApiProperty({ type: String, example: 'users[3].email', description: 'Where the mistake is' })
  readonly field!: string;

  @ApiProperty({ type: String, example: 'must be a string', description: 'What the rule is; never the value' })
  readonly message!: string;
}

/** Every error is this (RFC 9457). It never holds a value of a user. */
export class ProblemDto {
  @ApiProperty({ type: String, format: 'uri', example: 'urn:audience-api:problem:invalid-request' })
  readonly type!: string;

  @ApiProperty({ type: String, example: 'Bad Request' })
  readonly title!: string;

  @ApiProperty({ type: Number, example: 400 })
  readonly status!: number;

  @ApiProperty({ type: String, example: 'invalid-request', description: 'Stable word for programs' })
  readonly code!: string;

  @ApiProperty({ type: String, example: 'The request has 1 mistake; nothing was stored' })
  readonly detail!: string;

  @ApiProperty({ type: String, example: '7f6f8a52-3a0e-4d0c-9f1e-0d8f2f0f7f57', description: 'Also in the log' })
  readonly requestId!: string;

  @ApiProperty({ enum: [false], type: Boolean, example: false })
  readonly success!: false;

  @ApiProperty({ type: [FieldMistakeDto], required: false, description: 'The first 20 mistakes' })
  readonly errors?: FieldMistakeDto[];

  @ApiProperty({ type: Number, required: false, example: 1, description: 'How many mistakes there are in all' })
  readonly errorsTotal?: number;
}
