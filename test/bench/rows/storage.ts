import { randomBytes } from 'node:crypto';
import { PayloadCipher } from '../../../src/storage/payload-cipher.js';
import { type Row, timed, timeRow } from '../figures.js';
import { BATCH_USERS, f6Ms, usersBytes } from '../users.js';

const WARM_UP = 5;
const MOST_BYTES = 65;

/** P8: what a batch takes in the database, and what it takes to seal and to open it. */
export async function measureStorage(turns: number): Promise<Row[]> {
  const cipher = new PayloadCipher(randomBytes(32));
  const figures = { f6: [] as number[], ours: [] as number[] };
  let stored = 0;
  for (let turn = -WARM_UP; turn < turns; turn++) {
    const users = usersBytes(300 + turn);
    const floor = await f6Ms(users);
    const ours = await timed(async () => {
      const sealed = await cipher.seal(users, 'batch');
      stored = sealed.length;
      await cipher.open(sealed, 'batch');
    });
    if (turn < 0) continue;
    figures.f6.push(floor);
    figures.ours.push(ours);
  }
  const bytes = stored / BATCH_USERS;
  return [
    {
      id: 'P8',
      what: 'stored bytes per user',
      goal: `<= ${MOST_BYTES}`,
      isMet: bytes <= MOST_BYTES,
      figure: `${bytes.toFixed(1)} bytes`,
      ratio: '',
      numbers: { median: bytes },
      guarded: { ratio: bytes, most: MOST_BYTES },
    },
    timeRow({ id: 'P8 time', what: 'seal and open one batch', most: 0.6, reached: 0.7 }, figures.ours, figures.f6),
  ];
}
