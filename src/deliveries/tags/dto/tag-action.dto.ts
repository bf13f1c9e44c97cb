import { ApiProperty } from '@nestjs/swagger';

class TagActionDto {
  @ApiProperty({ example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ example: 'default' })
  readonly tag!: string;
}

export class ResumedTagDto extends TagActionDto {
  /** Deliveries that waited for the tag and go on now. */
  @ApiProperty({ type: 'integer', example: 12 })
  readonly resumed!: number;
}

export class RetriedTagDto extends TagActionDto {
  /** Failed deliveries that are queued again. */
  @ApiProperty({ type: 'integer', example: 3 })
  readonly queued!: number;

  /** Failed deliveries whose payload is no longer stored. */
  @ApiProperty({ type: 'integer', example: 0 })
  readonly lost!: number;
}
