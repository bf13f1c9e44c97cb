import { post, settled } from '../client.js';
import { median, type Row } from '../figures.js';
import type { BenchSandbox } from '../bench-sandbox.js';
import type { Ground } from '../ground.js';
import { usersBytes } from '../users.js';

const WARM_UP = 5;
const BATCHES_A_TURN = 10;
const MOST_P99_MS = 20;
const MOST_EVER_MS = 50;

/** P5: how long the event loop of the api is held up while the same process takes batches in and delivers them. */
export async function measureStalls(ground: Ground, sandbox: BenchSandbox, turns: number): Promise<Row[]> {
  const service = await ground.service(await ground.deployment(sandbox.environment('facebook')));
  const figures: { p99: number; p999: number; longest: number }[] = [];
  for (let turn = -1; turn < turns; turn++) {
    const sessions: string[] = [];
    for (let batch = 0; batch < (turn < 0 ? WARM_UP : BATCHES_A_TURN); batch++) {
      sessions.push(await post(service.origin, { users: usersBytes(400 + turn * BATCHES_A_TURN + batch) }));
    }
    for (const session of sessions) await settled(service.origin, session);
    const stalls = await service.stalls();
    if (turn >= 0) figures.push(stalls);
  }
  await service.stop();
  const p99 = median(figures.map((turn) => turn.p99));
  const longest = Math.max(...figures.map((turn) => turn.longest));
  const row = (id: string, what: string, ms: number, most: number): Row => ({
    id,
    what,
    goal: `<= ${most} ms`,
    isMet: ms <= most,
    figure: `${ms.toFixed(1)} ms`,
    ratio: '',
    numbers: { median: ms },
  });
  return [
    row('P5', 'event loop of the api held up while it accepts and delivers: p99', p99, MOST_P99_MS),
    row('P5 ever', `the longest in ${turns * BATCHES_A_TURN} batches`, longest, MOST_EVER_MS),
  ];
}
