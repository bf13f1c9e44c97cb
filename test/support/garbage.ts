import { expect } from '@jest/globals';
import { goodParts, type PostOptions, postRaw, type RawAnswer, rawForm } from './raw-form.js';
import type { TestDatabase } from './test-database.js';

/** How the service refuses: as a problem of this status, naming this field where there is one. */
export interface Refusal {
  readonly status: number;
  readonly field?: string;
}

/** Throws garbage at a service with an empty database, and knows what it should have stored. */
export class GarbageThrower {
  private taken = 0;

  constructor(
    readonly origin: string,
    private readonly database: TestDatabase,
  ) {}

  /** Posts garbage, and expects a clear refusal. */
  async refused(body: Buffer, { status, field }: Refusal, options: PostOptions = {}): Promise<RawAnswer> {
    const answer = await postRaw(this.origin, body, options);
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status,
      type: expect.stringMatching(/^application\/problem\+json/),
    });
    expect(answer.body).toMatchObject({ success: false, status, detail: expect.stringMatching(/\w{3}/) });
    expect(answer.body.errors?.map((mistake) => mistake.field)).toEqual(field === undefined ? undefined : [field]);
    return answer;
  }

  /** Posts what only looks like garbage. */
  async accepted(body: Buffer, options: PostOptions = {}): Promise<void> {
    const answer = await postRaw(this.origin, body, options);
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    this.taken += 1;
  }

  /** Notes a call that a test has made by itself. */
  alsoAccepted(): void {
    this.taken += 1;
  }

  /** Expects that a good call is taken as if nothing had been, and that of all calls so far the accepted ones are stored. */
  async goesOn(): Promise<void> {
    await this.accepted(rawForm(goodParts()));
    expect(await this.stored()).toEqual({ sessions: this.taken, batches: this.taken, deliveries: this.taken });
  }

  private async stored(): Promise<unknown> {
    const counts = ['sessions', 'batches', 'deliveries'].map(
      (table) => `(select count(*)::int from ${table}) as ${table}`,
    );
    return (await this.database.query(`select ${counts.join()}`))[0];
  }
}
