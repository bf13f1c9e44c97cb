import type { AppConfig } from '../../config/config.js';

/** What one part of a form is. It may come as a text field or as a file part of any name. */
export interface PartRule {
  /** `array`: JSON too, but large: neither copied nor looked into on its way to the DTO. */
  readonly as: 'text' | 'json' | 'array';
  /** Most bytes of this part; default: what a whole body may hold. */
  readonly maxBytes?: number;
  /** Most entries of an array. */
  readonly maxItems?: (config: AppConfig) => number;
}

export type PartRules = Readonly<Record<string, PartRule>>;
