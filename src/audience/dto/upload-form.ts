import type { PartRules } from '../../common/multipart/part-rule.js';

/** Ample for the small parts. */
const SMALL_PART_BYTES = 4_096;

/** The parts of an audience's form that say what the users are. */
export const HEAD_PARTS: PartRules = {
  name: { as: 'text', maxBytes: SMALL_PART_BYTES },
  type: { as: 'text', maxBytes: SMALL_PART_BYTES },
  batch: { as: 'json', maxBytes: SMALL_PART_BYTES },
};
