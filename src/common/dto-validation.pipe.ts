import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { findMistakes, invalidRequest, toDto } from './dto-validation.js';

const UNCHECKED: readonly unknown[] = [Object, String, Number, Boolean, Array, Date, Buffer];

/** Global pipe: turns bodies, queries and parameters into their DTOs and answers 400 with all mistakes of one DTO. */
@Injectable()
export class DtoValidationPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (!metatype || type === 'custom' || UNCHECKED.includes(metatype)) return value;
    // Built and checked by MultipartJson.
    if (value instanceof metatype) return value;
    const dto = toDto(metatype as Type<object>, isObject(value) ? value : {});
    const mistakes = findMistakes(dto);
    if (mistakes.total > 0) throw invalidRequest(mistakes);
    return dto;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
