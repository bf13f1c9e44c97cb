import type { IdentifierField, NormalisationTrace } from '../contract/audience-provider.js';
import type { Unusable } from '../kit/normalise.js';

/** Hears the steps of one value. */
export type ValueTrace = (rule: string, result: string) => void;

/** Begins to tell how a value comes to its normal form; nothing when nobody listens, which is what every delivery does. */
export function traceOf(
  trace: NormalisationTrace | undefined,
  field: IdentifierField,
  value: string,
): ValueTrace | undefined {
  if (trace === undefined) return undefined;
  let last = value;
  trace.step(field, 'as given', value);
  return (rule, result) => {
    if (result !== last) trace.step(field, rule, result);
    last = result;
  };
}

/** Tells what a step made of the value, if it changed it, and hands that on. */
export function told(trace: ValueTrace | undefined, rule: string, result: string): string {
  trace?.(rule, result);
  return result;
}

/** Tells why the value is left out, with the reason's word, and hands the outcome on. */
export function refused(trace: ValueTrace | undefined, why: string, outcome: Unusable): Unusable {
  trace?.(`refused: ${why}`, outcome.reason);
  return outcome;
}
