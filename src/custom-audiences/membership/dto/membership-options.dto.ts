import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { BooleanOption } from '../../../common/http/boolean-option.js';
import { UPLOAD_MODES, type UploadMode } from '../../../common/upload-modes.js';

/** When a change of members is answered. */
export class MembershipOptionsDto {
  @BooleanOption('Answer when the platform has been served, with what became of the users')
  readonly sync: boolean = false;
}

/** How a file is read, and what it does. */
export class UploadFileOptionsDto extends MembershipOptionsDto {
  @ApiProperty({
    type: String,
    enum: UPLOAD_MODES,
    default: 'append',
    required: false,
    description:
      '`append` adds the users, `remove` takes them out, `mirror` makes the audience consist of them: it adds who is new and ' +
      'takes out who is not in the file',
  })
  @IsIn(UPLOAD_MODES, { message: `must be one of ${UPLOAD_MODES.join(', ')}` })
  readonly mode: UploadMode = 'append';

  @BooleanOption('Leave out rows that are not a user, and tell them; otherwise one such row refuses the file')
  readonly skipInvalid: boolean = false;
}
