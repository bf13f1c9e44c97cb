import type { RejectionReason } from '../../contract/audience-provider.js';
import type { PlatformResponse } from '../../kit/platform-http.js';
import { BodyWriter } from '../../kit/batch/body-writer.js';
import { klaviyoErrors, rowOfPointer } from '../klaviyo.errors.js';
import { asciiJson, identifierOf, type KlaviyoRow, mergedRow, profileJson } from '../klaviyo.profile.js';

/** A profile with everything in it. */
const PROFILE_BYTES = 440;

/** The rows of a chunk as one job takes them. */
export interface ImportRows {
  /** One for each identifier, in order of its first row: what Klaviyo does with two of one job is not written anywhere. */
  readonly profiles: readonly KlaviyoRow[];
  /** For each row of the chunk the profile it went into. */
  readonly profileOf: readonly number[];
}

/** A job that was started, told so that its outcome can be brought back to rows by whoever asks for it. */
export interface StartedJob {
  readonly jobId: string;
  /** Rows that went into the profile of an earlier row, and that profile. */
  readonly joined: ReadonlyMap<number, number>;
}

/** Joins the rows of one identifier. */
export function importRows(chunk: readonly KlaviyoRow[]): ImportRows {
  // Hardly ever does a batch hold somebody twice, and that is found out faster than where everybody is.
  if (new Set(chunk.map(identifierOf)).size === chunk.length) return { profiles: chunk, profileOf: [...chunk.keys()] };
  const byIdentifier = new Map<string, number>();
  const profiles: KlaviyoRow[] = [];
  const profileOf = chunk.map((row) => {
    const identifier = identifierOf(row);
    const known = byIdentifier.get(identifier);
    if (known !== undefined) {
      profiles[known] = mergedRow(profiles[known]!, row);
      return known;
    }
    byIdentifier.set(identifier, profiles.length);
    return profiles.push(row) - 1;
  });
  return { profiles, profileOf };
}

/** The body of an import job. */
export function importBody(profiles: readonly KlaviyoRow[], listId: string): Buffer {
  const body = new BodyWriter(profiles.length * PROFILE_BYTES + 1_024);
  body.add('{"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":[');
  profiles.forEach((profile, at) => body.add(`${at === 0 ? '' : ','}${profileJson(profile)}`));
  const lists = asciiJson({ data: [{ type: 'list', id: listId }] });
  body.add(`]}},"relationships":{"lists":${lists}}}}`);
  return body.end();
}

/**
 * The profiles that a 400 names as malformed. Nothing of the request was stored then. Undefined for any other answer, one
 * that complains of something else as well included: without these profiles it would be refused again.
 */
export function malformedProfiles(
  answer: PlatformResponse,
  count: number,
): ReadonlyMap<number, RejectionReason> | undefined {
  if (answer.status !== 400) return undefined;
  const malformed = new Map<number, RejectionReason>();
  for (const { code, pointer } of klaviyoErrors(answer.body)) {
    const profile = rowOfPointer(pointer);
    if (profile === undefined || profile >= count) return undefined;
    malformed.set(profile, refusalReason(code, pointer));
  }
  return malformed.size > 0 ? malformed : undefined;
}

/** What is wrong with a profile, as far as Klaviyo's code and the field tell. */
export function refusalReason(code: string, pointer: string): RejectionReason {
  return code === 'invalid' && /\/(?:email|phone_number)$/.test(pointer) ? 'invalid-format' : 'refused-by-platform';
}

/** `job~3.1~8.1`: rows 3 and 8 went into profile 1, numbers in base 36. A job's id holds no `~`. */
export function jobTicket(jobId: string, { profileOf }: ImportRows): string {
  let next = 0;
  const joined = profileOf.flatMap((profile, row) => {
    if (profile !== next) return [`~${row.toString(36)}.${profile.toString(36)}`];
    next += 1;
    return [];
  });
  return jobId + joined.join('');
}

export function readJobTicket(ticket: string): StartedJob {
  const [jobId = '', ...joined] = ticket.split('~');
  return { jobId, joined: new Map(joined.map((pair) => readPair(pair))) };
}

function readPair(pair: string): readonly [row: number, profile: number] {
  const [row = '', profile = ''] = pair.split('.');
  return [parseInt(row, 36), parseInt(profile, 36)];
}
