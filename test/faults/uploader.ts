import { setTimeout as delay } from 'node:timers/promises';
import { type TestAnswer, upload } from '../support/upload.js';
import type { InputBatch } from './input.js';

const LANES = 6;
const PAUSE_MS = 250;
const ANSWER_MS = 30_000;
/** What a caller tries again; anything else is a mistake of the service here. */
const WORTH_ANOTHER_TRY = [429, 502, 503, 504];

/** A caller as it should be: posts every batch again and again until it is answered with 200. */
export class Uploader {
  /** How often each was answered; `no answer` for a refused or broken connection. */
  readonly answers = new Map<string, number>();
  /** Where each session is, as the service said. */
  readonly locations = new Set<string>();
  /** Answers that no fault explains. */
  readonly surprises: string[] = [];
  replays = 0;
  private released = 0;
  private next = 0;
  private readonly lanes: Promise<void>[];

  /**
   * @param batches in the order of posting; a batch that stands twice is posted twice
   * @param apis addresses of the api processes, asked for before each try
   */
  constructor(
    private readonly batches: readonly InputBatch[],
    private readonly apis: () => readonly string[],
    private readonly signal: AbortSignal,
  ) {
    this.lanes = Array.from({ length: LANES }, (_, lane) => this.work(lane));
  }

  /** Lets this share of all batches go out, 0 to 1. */
  release(share: number): void {
    this.released = Math.max(this.released, Math.ceil(share * this.batches.length));
  }

  /** Every batch has been answered with 200. */
  async done(): Promise<void> {
    await Promise.all(this.lanes);
  }

  private async work(lane: number): Promise<void> {
    while (this.next < this.batches.length && !this.signal.aborted) {
      if (this.next < this.released) await this.post(this.batches[this.next++]!, lane);
      else await delay(PAUSE_MS);
    }
  }

  private async post(batch: InputBatch, lane: number): Promise<void> {
    for (let tries = lane; !this.signal.aborted; tries++) {
      const apis = this.apis();
      const answer = await send(apis[tries % apis.length], batch).catch(() => undefined);
      const outcome = answer ? String(answer.status) : 'no answer';
      this.answers.set(outcome, (this.answers.get(outcome) ?? 0) + 1);
      if (answer?.status === 200) return this.note(answer);
      if (answer && !WORTH_ANOTHER_TRY.includes(answer.status)) {
        this.surprises.push(`${answer.status} to batch ${batch.sequence} of ${batch.session.name}`);
        return;
      }
      await delay(PAUSE_MS);
    }
  }

  private note({ headers }: TestAnswer): void {
    this.locations.add(headers.get('location') ?? '');
    if (headers.get('idempotent-replay') === 'true') this.replays += 1;
  }
}

async function send(origin: string | undefined, { session, sequence, users }: InputBatch): Promise<TestAnswer> {
  if (origin === undefined) throw new Error('No api process at the moment');
  const { name, type, sessionId, tags, batches } = session;
  const totalUsers = batches.reduce((sum, batch) => sum + batch.users.length, 0);
  return upload(origin, {
    name,
    type,
    batch: { sessionId, sequence, totalBatches: batches.length, totalUsers },
    query: `channels=${tags.join(',')}`,
    users: users.map(({ body }) => body),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
}
