import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ProblemDto } from '../../common/problem.dto.js';

/** What became of a batch at one tag. */
export class DeliveryResultDto {
  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ type: String, nullable: true, example: '120210987654321098', description: 'The platform’s own id' })
  readonly audienceId!: string | null;

  @ApiProperty({ type: 'integer', example: 2, description: 'Users in the batch' })
  readonly received!: number;

  @ApiProperty({ type: 'integer', example: 2, description: 'Users that the platform took' })
  readonly accepted!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Users without an identifier that the platform can match' })
  readonly skipped!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Users that the platform refused' })
  readonly rejected!: number;

  @ApiProperty({
    type: String,
    enum: ['processing'],
    required: false,
    description: 'Only where the platform has everything and has not decided yet; the session tells when it has',
  })
  readonly state?: 'processing';

  @ApiProperty({
    type: 'integer',
    required: false,
    description:
      'With `processing`: users that the platform has not decided about; received = accepted + skipped + rejected + pending',
  })
  readonly pending?: number;
}

/** The batch is stored; with `sync=true`, delivered to every tag. */
export class UploadAnswerDto {
  @ApiProperty({ type: Boolean, enum: [true], example: true })
  readonly success!: true;

  @ApiProperty({ type: [DeliveryResultDto], required: false, description: 'With `sync=true`: one for each tag' })
  readonly results?: DeliveryResultDto[];
}

/** Why one tag was not served. */
export class DeliveryErrorDto {
  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ type: String, example: 'rate-limited' })
  readonly code!: string;

  @ApiProperty({ type: String, example: 'Facebook asks to wait' })
  readonly message!: string;

  @ApiProperty({ type: Boolean, example: true, description: 'Whether the delivery goes on in the background' })
  readonly retryable!: boolean;
}

/** With `sync=true`: some tags were not served. The others were; nothing has to be sent again. */
export class UploadProblemDto extends OmitType(ProblemDto, ['errors', 'errorsTotal']) {
  @ApiProperty({ type: [DeliveryErrorDto] })
  readonly errors!: DeliveryErrorDto[];

  @ApiProperty({ type: [DeliveryResultDto], description: 'One for each tag, as far as it came' })
  readonly results!: DeliveryResultDto[];
}
