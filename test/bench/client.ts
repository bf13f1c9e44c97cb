import { setTimeout as sleep } from 'node:timers/promises';
import { BATCH_USERS } from './users.js';

let lastSession = 0;

/** A session that nobody has used in this run. */
export function freshSession(): number {
  return (lastSession = Math.max(lastSession + 1, Date.now()));
}

/** One batch as a caller posts it. */
export interface PostedBatch {
  readonly users: Blob | Buffer;
  readonly name?: string;
  readonly sessionId?: number;
  readonly sequence?: number;
  readonly totalBatches?: number;
  readonly count?: number;
  /** Of the `users` part: the form of a large one is told by it. */
  readonly file?: string;
}

/** Posts a batch; the path of its session. */
export async function post(origin: string, batch: PostedBatch, query = ''): Promise<string> {
  const { users, name = 'Bench', sequence = 1, totalBatches = 1, count = BATCH_USERS, file = 'users.json' } = batch;
  const sessionId = batch.sessionId ?? freshSession();
  const body = new FormData();
  body.set('name', name);
  body.set('batch', JSON.stringify({ sessionId, sequence, totalBatches, totalUsers: count * totalBatches }));
  body.set('users', users instanceof Blob ? users : new Blob([users]), file);
  const answer = await fetch(`${origin}/audience${query}`, { method: 'POST', body });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`Answered ${answer.status}: ${text.slice(0, 2_000)}`);
  return answer.headers.get('location')!;
}

/** Waits until every delivery of a session is settled, and all have arrived. */
export async function settled(origin: string, session: string, everyMs = 20): Promise<void> {
  for (;;) {
    const { state } = (await (await fetch(`${origin}${session}`)).json()) as { readonly state: string };
    if (state === 'completed') return;
    if (state !== 'receiving' && state !== 'delivering') throw new Error(`The session is ${state}`);
    await sleep(everyMs);
  }
}
