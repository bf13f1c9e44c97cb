import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';

/** A parameter of the query that is `true` or `false`, by default the latter. */
export function BooleanOption(description: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: Boolean, default: false, required: false, description }),
    IsBoolean({ message: 'must be true or false' }),
    Transform(({ value }) => toBoolean(value)),
  );
}

/** Anything but the two words stays as it is, for the rule to refuse. */
function toBoolean(value: unknown): unknown {
  if (value === 'true') return true;
  return value === 'false' || value === '' ? false : value;
}
