import { Injectable } from '@nestjs/common';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { SessionOrigin, UploadMode } from '../../common/upload-modes.js';
import { AppConfig } from '../../config/config.js';
import type { UploadCounts } from '../../events/event-types.js';
import { EventsWriter, type NewEvent } from '../../events/events-writer.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import type { Transaction } from '../../storage/database.js';
import { batches, deliveries, sessions } from '../../storage/schema.js';
import { OPEN_STATES } from '../delivery-state.js';

/** The delivery that was settled. */
type Settled = Pick<typeof deliveries.$inferSelect, 'session' | 'customAudience'>;

/** A session at one custom audience, all of it settled. */
interface EndedSession extends Omit<UploadCounts, 'added' | 'unchanged' | 'removed'> {
  readonly session: string;
  readonly sessionId: number;
  readonly mode: UploadMode;
  readonly origin: SessionOrigin;
  readonly added: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly failed: number;
}

/** Tells the events of a session when its last delivery to a custom audience is settled. */
@Injectable()
export class SessionEnd {
  constructor(
    private readonly config: AppConfig,
    private readonly events: EventsWriter,
  ) {}

  /**
   * To be called last in the transaction that settles a delivery. A delivery that failed and is retried by hand settles its
   * session again, and that is told again.
   */
  async tell(tx: Transaction, { session, customAudience }: Settled): Promise<void> {
    if (customAudience === null) return;
    // The lock keeps two deliveries that end together from each taking the other for open.
    const [audience] = await tx
      .select({ id: customAudiences.id, provider: customAudiences.provider, tag: customAudiences.tag })
      .from(customAudiences)
      .where(eq(customAudiences.id, customAudience))
      .for('update');
    const ended = audience && (await this.ended(tx, session, customAudience));
    if (!ended) return;
    const events = eventsOf(ended, this.config.keepsMembers);
    await this.events.record(
      tx,
      events.map((event) => ({ ...event, audience }) as NewEvent),
    );
  }

  /** Nothing while a batch is missing or a delivery is open. */
  private async ended(tx: Transaction, session: string, customAudience: string): Promise<EndedSession | undefined> {
    const sum = (column: string) => sql<number>`sum(${sql.raw(`deliveries.${column}`)})::float8`;
    const [row] = await tx
      .select({
        session: sessions.id,
        sessionId: sessions.sessionId,
        mode: sessions.mode,
        origin: sessions.origin,
        received: sum('received'),
        accepted: sum('accepted'),
        skipped: sum('skipped'),
        rejected: sum('rejected'),
        added: sum('added'),
        unchanged: sum('unchanged'),
        removed: sum('removed'),
        failed: sql<number>`count(*) filter (where ${deliveries.state} <> 'succeeded')::int`,
        open: sql<number>`count(*) filter (where ${inArray(deliveries.state, OPEN_STATES)})::int`,
        missing: sql<number>`${sessions.totalBatches} - (select count(*) from ${batches} where ${batches.session} = ${sessions.id} and ${batches.part} = 0)::int`,
      })
      .from(deliveries)
      .innerJoin(sessions, eq(sessions.id, deliveries.session))
      .where(and(eq(deliveries.session, session), eq(deliveries.customAudience, customAudience)))
      .groupBy(sessions.id);
    return row && row.open === 0 && row.missing <= 0 ? row : undefined;
  }
}

/** An event without its audience. */
type Told = Omit<NewEvent, 'audience'>;

/** Pure: what there is to tell of a session, in this order. */
export function eventsOf(ended: EndedSession, keepsMembers: boolean): Told[] {
  const { session, sessionId, mode, origin, received, accepted, skipped, rejected, unchanged } = ended;
  const counts = {
    ...{ received, accepted, skipped, rejected },
    added: keepsMembers ? ended.added : null,
    unchanged: keepsMembers ? unchanged : null,
    removed: keepsMembers ? ended.removed : null,
  };
  const state = ended.failed > 0 ? 'completed-with-errors' : 'completed';
  const events: Told[] = [];
  if (origin === 'upload') events.push({ type: 'dataUploaded', data: { session, sessionId, mode, state, ...counts } });
  if (origin === 'refresh') events.push({ type: 'refreshed', data: { session, count: accepted } });
  if (mode === 'remove') {
    const count = keepsMembers ? ended.removed : accepted;
    if (count > 0) events.push({ type: 'usersRemoved', data: { session, count } });
  } else if (origin !== 'refresh' && accepted > unchanged) {
    events.push({ type: 'usersAdded', data: { session, count: accepted - unchanged, added: counts.added } });
  }
  return events;
}
