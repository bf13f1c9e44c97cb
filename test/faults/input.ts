import { hash } from 'node:crypto';
import { seeded } from '../../src/demo/made-up-users.js';

/** The accounts that batches go to: three platforms, and two tags of one of them. */
export const TAGS = ['facebook/default', 'facebook/eu', 'tiktok/default', 'klaviyo/default'] as const;
export type Tag = (typeof TAGS)[number];
export type Platform = 'facebook' | 'tiktok' | 'klaviyo';

export const SESSIONS = 50;
/** Several sessions fill one audience, so that its look-up and creation are contended too. */
const AUDIENCES = 32;
/** In every plain value of a user, and nowhere else. */
export const MARK = 'wqxz';
/** Every national number is nobody's, valid, and seven digits beyond this. */
export const PHONE_START = '+1415';

/** One user as it is posted; every value is in its normal form already. */
export interface InputUser {
  /** Unique in the run, unless the same person comes again. */
  readonly number: number;
  readonly body: Readonly<Record<string, string>>;
}

export interface InputBatch {
  readonly session: InputSession;
  readonly sequence: number;
  readonly users: readonly InputUser[];
}

export interface InputSession {
  readonly name: string;
  readonly type: 'custom' | 'primary';
  readonly sessionId: number;
  /** The accounts that its batches go to. */
  readonly tags: readonly Tag[];
  readonly batches: InputBatch[];
}

/** Everything that is posted, the same for the same seed. */
export function madeUpInput(seed: number): InputSession[] {
  const random = seeded(seed);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  let number = 0;
  return Array.from({ length: SESSIONS }, (_, index) => {
    const session: InputSession = {
      name: `Faults ${index < AUDIENCES ? index : between(0, AUDIENCES - 1)}`,
      type: random() < 0.7 ? 'custom' : 'primary',
      sessionId: 5_000_000_000 + index,
      // Klaviyo takes so few calls a minute that all batches would take it longer than the storm lasts.
      tags: index < 8 || index % 4 === 0 ? TAGS : TAGS.filter((tag) => platformOf(tag) !== 'klaviyo'),
      batches: [],
    };
    const first = between(0, 1);
    batchSizes(index, between).forEach((size, at) => {
      const users = Array.from({ length: size }, () => madeUpUser(number++, random()));
      // Somebody of the batch before comes again.
      const before = session.batches[at - 1]?.users;
      if (before) users.push(before[between(0, before.length - 1)]!);
      session.batches.push({ session, sequence: first + at, users });
    });
    return session;
  });
}

/** Two sessions of several chunks on every platform, some of several on one, many small ones. */
function batchSizes(session: number, between: (least: number, most: number) => number): number[] {
  if (session < 2) return [between(10_100, 10_600), between(200, 400)];
  if (session < 8) return Array.from({ length: between(2, 3) }, () => between(1_100, 2_400));
  return Array.from({ length: between(2, 5) }, () => between(20, 150));
}

function madeUpUser(number: number, chance: number): InputUser {
  const edgeTagId = `${MARK}-edge-${number}`;
  const email = `${MARK}${number}@faults.example`;
  const phone = `${PHONE_START}${2_000_000 + number}`;
  const firstName = `${MARK}${'abcdefghij'[number % 10]}`;
  if (chance < 0.02) return { number, body: { edgeTagId, firstName } };
  if (chance < 0.05) return { number, body: { edgeTagId, email: sha256(email) } };
  if (chance < 0.15) return { number, body: { phone } };
  if (chance < 0.3) return { number, body: { edgeTagId, email } };
  return { number, body: { edgeTagId, email, phone, firstName } };
}

/** What tells the user from all others, in each form in which any platform is sent it. */
export function identifiersOf({ body: { edgeTagId, email, phone } }: InputUser): string[] {
  const plain = [edgeTagId, email, phone].filter((value) => value !== undefined);
  const hashed = [digested(email), digested(phone), digested(phone?.slice(1))].filter((value) => value !== undefined);
  return [...new Set([...plain, ...hashed])];
}

/** What each platform has to hold of a user, column by column; nothing where it cannot use the user at all. */
const COLUMNS: Readonly<Record<Platform, (user: InputUser) => Record<string, unknown> | undefined>> = {
  facebook: ({ body: { edgeTagId, email, phone, firstName } }) =>
    (email ?? phone) === undefined
      ? undefined
      : { EXTERN_ID: edgeTagId, EMAIL: digested(email), PHONE: digested(phone?.slice(1)), FN: digested(firstName) },
  tiktok: ({ body: { email, phone } }) =>
    (email ?? phone) === undefined ? undefined : { EMAIL_SHA256: digested(email), PHONE_SHA256: digested(phone) },
  klaviyo: ({ body: { edgeTagId, email, phone, firstName } }) =>
    (email === undefined || isDigest(email)) && phone === undefined
      ? undefined
      : {
          email,
          phone_number: phone,
          first_name: firstName,
          properties: edgeTagId && { blotout_edge_tag_id: edgeTagId },
        },
};

/** The member that a user has to become at a tag, or nothing. Comparable with {@link memberKey}. */
export function expectedMember(tag: Tag, user: InputUser): string | undefined {
  const columns = COLUMNS[platformOf(tag)](user);
  return columns && memberKey(columns);
}

/** A member as the sandbox shows it, in one text. */
export function memberKey(columns: Readonly<Record<string, unknown>>): string {
  const known = Object.entries(columns).filter(([, value]) => value !== undefined && value !== null);
  return JSON.stringify(known.sort(([one], [other]) => (one < other ? -1 : 1)));
}

export function platformOf(tag: Tag): Platform {
  return tag.slice(0, tag.indexOf('/')) as Platform;
}

function digested(value: string | undefined): string | undefined {
  return value === undefined || isDigest(value) ? value : sha256(value);
}

function isDigest(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}

function sha256(value: string): string {
  return hash('sha256', value);
}
