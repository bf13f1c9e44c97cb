import type { Type } from '@nestjs/common';
import type { AppConfig } from '../../config/config.js';
import { findMistakes, toDto } from '../dto-validation.js';
import { joinMistakes, type Mistakes } from '../mistakes/mistakes.js';
import type { ReceivedPart } from './form-reader.js';
import { type DecodedPart, decodePart } from './part-decoder.js';
import type { PartRules } from './part-rule.js';

/** A form's parts as its DTO, and all that is wrong with them. */
export interface FormBody {
  readonly body: object;
  readonly mistakes: Mistakes;
}

/**
 * Makes the DTO of the parts that came.
 *
 * @throws ProblemException 413 when a part is too large
 */
export function formBody(
  type: Type<object>,
  rules: PartRules,
  received: ReadonlyMap<string, readonly ReceivedPart[]>,
  config: AppConfig,
): FormBody {
  const parts = new Map<string, DecodedPart>();
  for (const [name, rule] of Object.entries(rules)) {
    parts.set(name, decodePart(name, received.get(name) ?? [], rule, config));
  }
  const body = toBody(type, rules, parts);
  return { body, mistakes: mistakesOf(body, parts) };
}

function toBody(type: Type<object>, rules: PartRules, parts: ReadonlyMap<string, DecodedPart>): object {
  const small: Record<string, unknown> = {};
  const asTheyAre: Record<string, unknown> = {};
  for (const [name, { value }] of parts) (rules[name]?.as === 'array' ? asTheyAre : small)[name] = value;
  return Object.assign(toDto(type, small), asTheyAre);
}

/** What the DTO says, except where a part could not be read at all: its field then only seems to be missing. */
function mistakesOf(body: object, parts: ReadonlyMap<string, DecodedPart>): Mistakes {
  const unreadable = [...parts].flatMap(([field, { mistake }]) =>
    mistake === undefined ? [] : [{ field, message: mistake }],
  );
  const isReadable = ({ field }: { field: string }) => !unreadable.some((part) => part.field === field);
  const ofDto = findMistakes(body);
  const first = ofDto.first.filter(isReadable);
  const hidden = ofDto.first.length - first.length;
  return joinMistakes([
    { first: unreadable, total: unreadable.length },
    { first, total: ofDto.total - hidden },
  ]);
}
