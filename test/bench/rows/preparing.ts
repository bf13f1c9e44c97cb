import { type Row, timeRow } from '../figures.js';
import { measurePrepare } from '../prepare.js';

/** What each provider may take, in F6. */
const MOST: Readonly<Record<string, number>> = {
  facebook: 1.2,
  tiktok: 0.6,
  klaviyo: 0.6,
  google: 1.1,
  linkedin: 0.6,
  twitter: 0.6,
};

/** What those reached that miss it. */
const REACHED: Readonly<Record<string, number>> = { tiktok: 0.75, klaviyo: 1.1, linkedin: 0.65 };

/** P2: users to request bodies, for each provider alone and for all of them. */
export function measurePreparing(turns: number): Row[] {
  const { providers, together, apart } = measurePrepare(turns);
  const rows = [...providers].map(([id, { wall, floorWall }]) =>
    timeRow(
      { id: `P2 ${id}`, what: '10,000 users to request bodies', most: MOST[id], reached: REACHED[id] },
      wall,
      floorWall,
    ),
  );
  return [
    ...rows,
    timeRow({ id: 'P2 six', what: 'to those of six, each normal form hashed once' }, together.wall, together.floorWall),
    timeRow({ id: 'P2 six apart', what: 'to those of six, each with digests of its own' }, apart.wall, apart.floorWall),
  ];
}
