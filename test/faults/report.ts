import type { Evidence } from './evidence.js';
import { TAGS } from './input.js';
import { type Cause, causesOfRepeats } from './repeats.js';

/** What happened, in a few lines. */
export function stormReport(evidence: Evidence): string {
  const { seed, fleet, restarts, faults, sessions, uploader, histories, watch } = evidence;
  const batches = sessions.flatMap((session) => session.batches);
  const users = batches.reduce((sum, batch) => sum + batch.users.length, 0);
  const killed = (role: string) => fleet.kills.filter((kill) => kill.role === role).length;
  const fired = faults.reduce((sum, fault) => sum + fault.fired, 0);
  const causes = causesOfRepeats(histories, { kills: fleet.kills, outages: watch.outages });
  const because = (cause: Cause) => causes.filter((one) => one === cause).length;
  const rows: readonly (readonly [string, string])[] = [
    ['seed', `${seed} (FAULT_SEED repeats it)`],
    ['kills', `${killed('api')} of api, ${killed('worker')} of workers`],
    ['database', `${restarts} restarts, ${watch.outages.length} outages seen`],
    ['platform faults', `${fired} calls hit`],
    ['posted', `${sessions.length} sessions, ${batches.length} batches, ${users} users, to ${TAGS.length} tags`],
    ['answers', [...uploader.answers].map(([answer, count]) => `${answer}: ${count}`).join(', ')],
    ['replays', String(uploader.replays)],
    ['chunks', `${histories.length} recorded, ${evidence.uploads.length} carried out`],
    [
      'sent again',
      `${causes.length} chunks, ${rowsSentAgain(evidence)} rows: ${because('kill')} by a kill, ` +
        `${because('lost answer')} by a lost answer, ${because('outage')} by the database, ${because('unexplained')} unexplained`,
    ],
  ];
  return `\n${rows.map(([name, value]) => `  ${name.padEnd(16)} ${value}`).join('\n')}\n\n`;
}

function rowsSentAgain({ uploads, histories }: Evidence): number {
  const sent = uploads.reduce((sum, { rows }) => sum + rows, 0);
  return sent - histories.reduce((sum, { chunk }) => sum + chunk.sent, 0);
}
