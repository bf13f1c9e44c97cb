import { expect } from '@jest/globals';
import { hash } from 'node:crypto';
import type { Sandbox, SimulatorId } from '../../src/sandbox/sandbox.js';
import type { TestGround } from './service.js';
import { eventually, get, newSessionId, type TestAnswer, upload } from './upload.js';

/** People are numbers: each has an id and an address. */
export interface Person {
  readonly edgeTagId: string;
  readonly email: string;
  readonly firstName?: string;
}

export function person(number: number, change: Partial<Person> = {}): Person {
  return { edgeTagId: `edge-${number}`, email: addressOf(number), ...change };
}

/** From `first` to `last`, both included. */
export function people(first: number, last: number, change: Partial<Person> = {}): Person[] {
  return Array.from({ length: last - first + 1 }, (_, index) => person(first + index, change));
}

export function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export interface TestSession {
  readonly name: string;
  readonly mode?: string;
  readonly totalBatches?: number;
  readonly channels?: string;
}

/** A session whose batches a test sends when it likes. */
export class SessionOfBatches {
  /** `/sessions/{id}`, once a batch was taken. */
  location = '';
  private readonly sessionId = newSessionId();

  constructor(
    private readonly origin: string,
    private readonly session: TestSession,
  ) {}

  /** @param change what this batch says otherwise, and the process that it goes to */
  async send(
    sequence: number,
    users: readonly unknown[],
    change: Partial<TestSession & { origin: string }> = {},
  ): Promise<TestAnswer> {
    const { name, mode = 'mirror', totalBatches = 1, channels } = { ...this.session, ...change };
    const batch = { sessionId: this.sessionId, sequence, totalBatches, totalUsers: users.length };
    const query = [`mode=${mode}`, ...(channels ? [`channels=${channels}`] : [])].join('&');
    const answer = await upload(change.origin ?? this.origin, {
      name,
      batch: { ...batch, totalUsers: 0 },
      users,
      query,
    });
    if (answer.status === 200) this.location = answer.headers.get('location')!;
    return answer;
  }
}

/** Sends a session of one batch. */
export async function sent(origin: string, session: TestSession, users: readonly unknown[]): Promise<SessionOfBatches> {
  const batches = new SessionOfBatches(origin, session);
  expect(await batches.send(1, users)).toMatchObject({ status: 200 });
  return batches;
}

type Counts = Record<'received' | 'accepted' | 'skipped' | 'rejected' | 'pending' | 'unchanged', number>;

/** Waits for a state of the session; at every look its counts add up. */
export async function untilCounted(origin: string, location: string, state = 'completed'): Promise<TestAnswer> {
  return eventually(
    async () => {
      const answer = await get(origin + location);
      for (const { received, accepted, skipped, rejected, pending, unchanged } of answer.body.tags as Counts[]) {
        expect(accepted + skipped + rejected + pending).toBe(received);
        expect(unchanged).toBeLessThanOrEqual(accepted);
        expect(Math.min(accepted, skipped, rejected, pending, unchanged)).toBeGreaterThanOrEqual(0);
      }
      return answer;
    },
    ({ body }) => body.state === state,
    60_000,
  );
}

/** Waits until a mirror took out whom it did not bring, and gives the sessions that did so. */
export async function untilMirrored({ database }: Pick<TestGround, 'database'>, location: string): Promise<string[]> {
  const session = location.split('/').at(-1);
  const rows = await eventually(
    () =>
      database.query(`select m.done_at is not null as done, m.leavers, (select count(*)::int from deliveries d
        where d.session = m.leavers and d.state <> 'succeeded') as open from mirrors m where m.session = '${session}'`),
    (mirrors) => mirrors.length > 0 && mirrors.every(({ done, open }) => done === true && open === 0),
    60_000,
  );
  return rows.flatMap(({ leavers }) => (typeof leavers === 'string' ? [leavers] : []));
}

/** By address and by its digest, as platforms keep them. */
const KNOWN = new Map(
  numbers(0, 2_000).flatMap((number): [string, number][] => {
    const address = addressOf(number);
    return [
      [address, number],
      [hash('sha256', address), number],
    ];
  }),
);

/** Who is in the audience of this name, in order. Some platforms keep a row for all that was ever said of somebody. */
export function membersOf(sandbox: Sandbox, platform: SimulatorId, name: string): number[] {
  const audiences = sandbox[platform].audiences({ members: true }).filter((one) => one.name === `blotout_${name}`);
  const rows = audiences.flatMap(({ members = [] }) => members);
  const found = rows.map(({ columns }) => {
    const number = Object.values(columns)
      .flatMap((value) => KNOWN.get(String(value)) ?? [])
      .at(0);
    if (number === undefined) throw new Error(`${platform} has somebody in ${name} whom nobody has sent`);
    return number;
  });
  return [...new Set(found)].sort((one, other) => one - other);
}

/** Rows that were ever sent in for the audience of this name. */
export function rowsTo(sandbox: Sandbox, platform: SimulatorId, name: string): number {
  const audiences = sandbox[platform].audiences().filter((one) => one.name === `blotout_${name}`);
  return audiences.reduce((sum, { rowsReceived }) => sum + rowsReceived, 0);
}

/** The numbers of the members store, and what the record of the audience says: by platform. */
export async function storedCounts({ database }: Pick<TestGround, 'database'>, name: string) {
  return database.query(`select provider, uploaded_records::int as uploaded,
    (select count(*)::int from members m where m.audience = c.number) as members
    from custom_audiences c where name = 'blotout_${name}' order by provider`);
}

function addressOf(number: number): string {
  return `person-${number}@example.com`;
}
