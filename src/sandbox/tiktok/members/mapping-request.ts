import { type Fields } from '../tiktok-call.js';
import { invalidParameter } from '../tiktok-error.js';
import { type TikTokSettings } from '../tiktok-options.js';
import { ID_TYPES, type IdType, packId, SEGMENT_ID_TYPES } from './id-types.js';

/** A `/segment/mapping/` call that has the right form; whether its audiences may be changed is not known yet. */
export interface MappingRequest {
  readonly advertiserIds: readonly string[];
  readonly action: 'add' | 'delete';
  /** The keys of the people that each audience is told of. */
  readonly changes: ReadonlyMap<string, readonly string[]>;
}

/** One slot of `id_schema`. */
interface Slot {
  readonly type: IdType;
  readonly position: number;
}

const ID = /^\d{1,20}$/;

/**
 * Reads a call strictly: the platform lets malformed identifiers vanish without a word, so whatever it would not match is
 * refused here. https://business-api.tiktok.com/portal/docs?id=1739940585975809
 */
export function readMapping(fields: Fields, limits: Pick<TikTokSettings, 'mappingRows'>): MappingRequest {
  fields.require('advertiser_ids', 'id_schema', 'batch_data');
  const action = fields.oneOf('action', ['add', 'delete']) ?? 'add';
  const slots = readSchema(fields.list('id_schema') ?? []);
  const rows = fields.list('batch_data') ?? [];
  if (rows.length < 1 || rows.length > limits.mappingRows) {
    throw invalidParameter(`batch_data: The length of the list must be between 1 and ${limits.mappingRows}.`);
  }
  const changes = new Map<string, string[]>();
  rows.forEach((row, index) => {
    for (const [audienceId, key] of readRow(row, slots, `batch_data[${index}]`)) {
      const keys = changes.get(audienceId);
      if (keys === undefined) changes.set(audienceId, [key]);
      else keys.push(key);
    }
  });
  return { advertiserIds: fields.ids('advertiser_ids', 100) ?? [], action, changes };
}

/** The slots in the order of a person's key. */
function readSchema(schema: readonly unknown[]): Slot[] {
  const slots = schema.map((name, position) => {
    const type = SEGMENT_ID_TYPES.find((one) => typeof name === 'string' && one === name.toUpperCase());
    if (type === undefined) {
      throw invalidParameter(`id_schema[${position}]: The value must be one of ${SEGMENT_ID_TYPES.join(', ')}.`);
    }
    return { type, position };
  });
  if (slots.length === 0) throw invalidParameter('id_schema: The list must not be empty.');
  if (new Set(slots.map(({ type }) => type)).size < slots.length) {
    throw invalidParameter('id_schema: The values must be unique.');
  }
  return slots.sort((left, right) => ID_TYPES.indexOf(left.type) - ID_TYPES.indexOf(right.type));
}

/** A person's key for every audience that the row names. */
function readRow(row: unknown, slots: readonly Slot[], where: string): Map<string, string> {
  if (!Array.isArray(row) || row.length !== slots.length) {
    throw invalidParameter(`${where}: The list must have one entry for each value of id_schema.`);
  }
  const keys = new Map<string, string>();
  for (const { type, position } of slots) {
    const value = (row as unknown[])[position];
    readSlot(value, type, `${where}[${position}]`, keys);
  }
  return keys;
}

function readSlot(value: unknown, type: IdType, where: string, keys: Map<string, string>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter(`${where}: The entry must be an object.`);
  }
  const names = Object.keys(value);
  if (names.length === 0) return;
  const { id, audience_ids: audienceIds } = value as { id?: unknown; audience_ids?: unknown };
  if (names.length !== 2 || id === undefined || audienceIds === undefined) {
    throw invalidParameter(`${where}: The entry must have id and audience_ids, or be empty.`);
  }
  const packed = packId(type, id);
  if (packed === undefined) throw invalidParameter(`${where}.id: The value is not a valid ${type}.`);
  if (!Array.isArray(audienceIds) || audienceIds.length === 0) {
    throw invalidParameter(`${where}.audience_ids: The field must be a list that is not empty.`);
  }
  for (const audienceId of new Set(audienceIds as unknown[])) {
    if (typeof audienceId !== 'string' || !ID.test(audienceId)) {
      throw invalidParameter(`${where}.audience_ids: The values must be strings of digits.`);
    }
    keys.set(audienceId, (keys.get(audienceId) ?? '') + packed);
  }
}
