import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { AudienceUserDto } from '../../uploads/dto/audience-user.dto.js';
import { AudienceFormDto, EXAMPLE_USERS } from './audience-form.dto.js';

/** One batch of an audience, as the form brings it; `users` is taken in by itself, see `TakenUsers`. */
export class UploadAudienceDto extends PickType(AudienceFormDto, ['name', 'type', 'batch'] as const) {
  @ApiProperty({
    type: [AudienceUserDto],
    minItems: 1,
    description:
      'A JSON array: a text part, or a file. A file may also be NDJSON or CSV with a header, told by its name or type, and ' +
      'packed with gzip or zstd; it may have any number of users up to MAX_UPLOAD_ROWS and is read as it comes',
    example: EXAMPLE_USERS,
  })
  readonly users!: AudienceUserDto[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      'For CSV: which column is which field of a user (`purchase.profit` and the like included); only these columns are read. ' +
      'To stand before `users`, and of no meaning for a JSON array. Without it, columns are known by the names of the fields',
    example: { 'E-mail': 'email', Cell: 'phone' },
  })
  readonly columns?: Readonly<Record<string, string>>;
}
