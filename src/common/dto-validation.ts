import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { joinMistakes, type Mistakes, within } from './mistakes/mistakes.js';
import { ProblemException } from './problem.exception.js';

/** What is wrong within a value, fields relative to it (`[3].email`). */
export type Explain = (value: unknown) => Mistakes;

const EXPLAIN = Symbol('dto-validation:explain');

/**
 * Lets a property whose rule checks a large value as a whole say in detail what is wrong with it. Not a `context` of the rule:
 * class-validator 0.15 hands that on for asynchronous rules only.
 */
export function ExplainedBy(explain: Explain): PropertyDecorator {
  return (target, property) => Reflect.defineMetadata(EXPLAIN, explain, target, property);
}

/** Builds the DTO. Its fields hold what came, so it is safe to use only once {@link findMistakes} has found none. */
export function toDto<T extends object>(type: Type<T>, plain: object): T {
  return plainToInstance(type, plain, { exposeUnsetFields: false });
}

/** Every mistake of a DTO, nested ones included: the first rule that each field breaks. */
export function findMistakes(dto: object): Mistakes {
  const errors = validateSync(dto, { stopAtFirstError: true });
  return joinMistakes(errors.map((error) => flatten(error, '')));
}

/** The 400 that lists mistakes. */
export function invalidRequest({ first, total }: Mistakes): ProblemException {
  const count = total === 1 ? '1 mistake' : `${total} mistakes`;
  const detail = `The request has ${count}; nothing was stored`;
  return new ProblemException(400, 'invalid-request', detail, { errors: first, errorsTotal: total });
}

function flatten(error: ValidationError, parent: string): Mistakes {
  const field = pathOf(parent, error.property);
  const own = Object.values(error.constraints ?? {}).map((message) => explained(error, field, message));
  const nested = (error.children ?? []).map((child) => flatten(child, field));
  return joinMistakes([...own, ...nested]);
}

function explained(error: ValidationError, field: string, message: string): Mistakes {
  if (error.value === undefined) return { first: [{ field, message: 'is required' }], total: 1 };
  const explain = error.target && (Reflect.getMetadata(EXPLAIN, error.target, error.property) as Explain | undefined);
  if (explain) return within(field, explain(error.value));
  // class-validator opens its own messages with the bare name, which `field` says with its path.
  const opening = `${error.property} `;
  return {
    first: [{ field, message: message.startsWith(opening) ? message.slice(opening.length) : message }],
    total: 1,
  };
}

function pathOf(parent: string, property: string): string {
  if (parent === '') return property;
  return /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
}
