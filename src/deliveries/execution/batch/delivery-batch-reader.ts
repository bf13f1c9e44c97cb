import { Injectable } from '@nestjs/common';
import { and, eq, ne, notInArray, sql } from 'drizzle-orm';
import type { AudienceType, SessionPosition } from '../../../providers/contract/audience-provider.js';
import type { AudienceUser } from '../../../providers/contract/audience-user.js';
import { Clock } from '../../../common/clock.js';
import { customAudiences } from '../../../storage/custom-audience-schema.js';
import { Database } from '../../../storage/database.js';
import { PayloadError } from '../../../storage/payload-cipher.js';
import { batches, checkpoints, deliveries, sessions } from '../../../storage/schema.js';
import type { ClaimedDelivery } from '../delivery-claim.js';
import { DeliveryMembers, type MemberPlan } from '../delivery-members.service.js';
import { OpenBatches } from './open-batches.js';

/** A batch as its delivery needs it, payload opened. */
export interface DeliveryBatch {
  /** As the batch brought them. */
  readonly users: readonly AudienceUser[];
  readonly members: MemberPlan;
  readonly audienceType: AudienceType;
  readonly sessionId: number;
  readonly sequence: number;
  /** Of the caller's batch, from 0. */
  readonly part: number;
  /** Users who only keep the place of a row that was left out, and the field that was wrong in it. */
  readonly leftOut: readonly (readonly [user: number, field: string])[];
  readonly totalBatches: number;
  readonly totalUsers: number;
  readonly sessionCreatedAt: Date;
  /** Chunks that earlier attempts have recorded. */
  readonly chunksDone: number;
}

/** Of a payload: version, key id and nonce, and as much again of what they sealed. */
const SEAL_BYTES = 32;
/** No audience has this id. */
const NO_AUDIENCE = '00000000-0000-0000-0000-000000000000';

/** Reads what a delivery delivers, and where that stands in its session. */
@Injectable()
export class DeliveryBatchReader {
  constructor(
    private readonly database: Database,
    private readonly open: OpenBatches,
    private readonly members: DeliveryMembers,
    private readonly clock: Clock,
  ) {}

  /** Fetches the batch with its users. Throws when the payload was purged or does not open with this key. */
  async read(held: ClaimedDelivery): Promise<DeliveryBatch> {
    const [row] = await this.database.query
      .select({
        sequence: batches.sequence,
        part: batches.part,
        leftOut: batches.leftOut,
        // Its beginning is different for each sealing; the rest is fetched by the first delivery that needs it.
        seal: sql<string | null>`encode(substring(${batches.payload} from 1 for ${SEAL_BYTES}), 'hex')`,
        session: sessions,
        audience: customAudiences.number,
        chunksDone: sql<number>`(${this.countChunks(held.id)})::int`,
        leftBefore: sql<number | null>`(${this.mirrorBehind()})::float8`,
      })
      .from(batches)
      .innerJoin(sessions, eq(sessions.id, batches.session))
      .leftJoin(customAudiences, eq(customAudiences.id, held.customAudience ?? NO_AUDIENCE))
      .where(eq(batches.id, held.batch));
    if (!row?.seal) throw purged();
    const { session, audience, chunksDone, leftBefore, sequence, part, leftOut } = row;
    const users = await this.open.users(held.batch, row.seal, () => this.payload(held.batch));
    const { mode, origin, number } = session;
    // To be sent again is not to be brought again: a refresh keeps nobody whom a mirror is about to take out.
    const scope = audience === null ? undefined : { audience, session: origin === 'refresh' ? 0 : number };
    // Nobody leaves for a mirror that is not known any more.
    const before = origin === 'leavers' ? (leftBefore ?? 0) : undefined;
    return {
      users,
      members: await this.members.plan({ mode, scope, leftBefore: before }, users),
      audienceType: session.type,
      sessionId: session.sessionId,
      sequence,
      part,
      leftOut: leftOut ?? [],
      totalBatches: session.totalBatches,
      totalUsers: session.totalUsers,
      sessionCreatedAt: session.createdAt,
      chunksDone,
    };
  }

  private async payload(id: string): Promise<Buffer> {
    const [row] = await this.database.query
      .select({ payload: batches.payload })
      .from(batches)
      .where(eq(batches.id, id));
    if (!row?.payload) throw purged();
    return row.payload;
  }

  /** What a platform is told about the place of a chunk in the whole upload. */
  async position(
    held: ClaimedDelivery,
    batch: DeliveryBatch,
    chunk: number,
    isLastOfBatch: boolean,
  ): Promise<SessionPosition> {
    const { sessionId, audienceType, totalBatches, totalUsers } = batch;
    const ageMinutes = Math.max(0, (this.clock.now().getTime() - batch.sessionCreatedAt.getTime()) / 60_000);
    // A session has either a batch 0 or a batch `totalBatches`: the one takes the place of the other.
    const place = batch.sequence === 0 ? totalBatches : batch.sequence;
    const last = isLastOfBatch && (await this.isLastOfSession(held, totalBatches));
    return {
      sessionId,
      audienceType,
      batch: place,
      part: batch.part,
      totalBatches,
      totalUsers,
      chunk,
      ageMinutes,
      last,
    };
  }

  /** All batches are in, and every other delivery of the session to this tag is settled. */
  private async isLastOfSession(held: ClaimedDelivery, totalBatches: number): Promise<boolean> {
    const [received] = await this.database.query
      .select({ count: sql<number>`count(*)::int` })
      .from(batches)
      .where(and(eq(batches.session, held.session), eq(batches.part, 0)));
    if (received!.count < totalBatches) return false;
    const others = await this.database.query
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(
        and(
          eq(deliveries.session, held.session),
          eq(deliveries.provider, held.provider),
          eq(deliveries.tag, held.tag),
          ne(deliveries.id, held.id),
          notInArray(deliveries.state, ['succeeded', 'cancelled']),
        ),
      )
      .limit(1);
    return others.length === 0;
  }

  /** Of a session that takes out those who left: the number of the one that did not bring them. */
  private mirrorBehind() {
    return sql`select max(mirrored.number) from mirrors join sessions mirrored on mirrored.id = mirrors.session
      where mirrors.leavers = ${sessions.id} and ${sessions.origin} = 'leavers'`;
  }

  private countChunks(delivery: string) {
    return this.database.query
      .select({ count: sql`count(*)` })
      .from(checkpoints)
      .where(eq(checkpoints.delivery, delivery));
  }
}

function purged(): PayloadError {
  return new PayloadError('The payload of this batch is no longer stored');
}
