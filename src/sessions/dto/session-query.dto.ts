import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { PageQueryDto } from '../../common/paging/page.dto.js';
import type { AudienceType } from '../../providers/contract/audience-provider.js';
import { SESSION_STATES, type SessionState } from '../session-progress.js';

const SESSION_ID_RULE = { message: 'must be a safe integer, 0 or more' };

/** Which sessions to list. */
export class SessionQueryDto extends PageQueryDto {
  @ApiProperty({ type: String, required: false, description: 'Exactly this audience name' })
  @IsOptional()
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  @MaxLength(200, { message: 'must have at most 200 characters' })
  @IsString({ message: 'must be a string' })
  readonly name?: string;

  @ApiProperty({ type: String, enum: ['custom', 'primary'], required: false })
  @IsOptional()
  @IsIn(['custom', 'primary'], { message: 'must be one of custom, primary' })
  readonly type?: AudienceType;

  @ApiProperty({ type: String, enum: SESSION_STATES, required: false, description: 'As of the moment of the question' })
  @IsOptional()
  @IsIn(SESSION_STATES, { message: `must be one of ${SESSION_STATES.join(', ')}` })
  readonly state?: SessionState;

  @ApiProperty({ type: 'integer', required: false, description: 'The caller’s session id' })
  @IsOptional()
  @Max(Number.MAX_SAFE_INTEGER, SESSION_ID_RULE)
  @Min(0, SESSION_ID_RULE)
  @IsInt(SESSION_ID_RULE)
  @Transform(({ value }) =>
    typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : (value as unknown),
  )
  readonly sessionId?: number;
}
