import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { USER_FIELDS } from '../../../uploads/columns/user-fields.js';

/** The form of an upload. `columns` comes before `file`. */
export class UploadFileDto {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', enum: [...USER_FIELDS] },
    description:
      'JSON, for CSV only: header -> field; columns that are not named are not read. Without it, columns are known by their ' +
      'names: case, blanks, `_`, `-` and `.` do not matter, and README lists what else a field may be called',
    example: { 'E-mail': 'email', 'Country code': 'country', profit: 'purchase.profit' },
  })
  readonly columns?: Record<string, string>;

  @ApiProperty({
    type: String,
    format: 'binary',
    description:
      'Users as CSV with a header, as NDJSON or as a JSON array; plain, gzip or zstd. Told from the file’s name, its type, ' +
      'and its first bytes',
    example: 'email,country\nada@example.com,US\n',
  })
  readonly file!: string;
}
