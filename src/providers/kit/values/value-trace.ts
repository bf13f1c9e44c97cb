import type { IdentifierField, NormalisationTrace } from '../../contract/audience-provider.js';
import type { Unusable } from '../normalise.js';

/**
 * Hears the steps of one value. Rules take it as an optional last parameter and tell it what they do anyway, so that an
 * explanation can never differ from what is sent.
 */
export class ValueTrace {
  constructor(
    private readonly trace: NormalisationTrace,
    private readonly field: IdentifierField,
    private last: string,
  ) {}

  /** Tells a step, whether or not it changed the value. */
  step(rule: string, result: string): void {
    this.last = result;
    this.trace.step(this.field, rule, result);
  }

  /** Tells a step if it changed the value. */
  change(rule: string, result: string): void {
    if (result !== this.last) this.step(rule, result);
  }
}

/**
 * Begins to tell how a value comes to its normal form; nothing when nobody listens, which is what every delivery does.
 *
 * @param start what the value is before its first step
 */
export function traceOf(
  trace: NormalisationTrace | undefined,
  field: IdentifierField,
  value: string,
  start = 'as given',
): ValueTrace | undefined {
  if (trace === undefined) return undefined;
  trace.step(field, start, value);
  return new ValueTrace(trace, field, value);
}

/** Tells what a step made of the value, if it changed it, and hands that on. */
export function told(trace: ValueTrace | undefined, rule: string, result: string): string {
  trace?.change(rule, result);
  return result;
}

/** Tells why the value is left out, with the reason's word, and hands the outcome on. */
export function refused(trace: ValueTrace | undefined, why: string, outcome: Unusable): Unusable {
  trace?.step(`refused: ${why}`, outcome.reason);
  return outcome;
}
