import { ApiProperty } from '@nestjs/swagger';
import { AudienceUserDto } from '../../../uploads/dto/audience-user.dto.js';
import { IsUsersArray } from '../../../uploads/users-part.js';

/** People to be added to one custom audience, or taken out of it. */
export class UsersDto {
  @ApiProperty({
    type: [AudienceUserDto],
    minItems: 1,
    example: [
      { edgeTagId: 'edge-10001', email: 'ada@example.com', phone: '+1 202 555 0143', country: 'US' },
      { email: 'grace@example.com' },
    ],
  })
  @IsUsersArray()
  readonly users!: AudienceUserDto[];
}
