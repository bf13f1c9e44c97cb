import { type SQL, sql } from 'drizzle-orm';
import { DELIVERY_STATES, type DeliveryState, isSettled, OPEN_STATES } from '../deliveries/delivery-state.js';
import { batches, deliveries, sessions } from '../storage/schema.js';
import { expiryCutoff, type SessionState, type SessionTime } from './session-progress.js';

const ENDED_BADLY = DELIVERY_STATES.filter((state) => isSettled(state) && state !== 'succeeded');

/** The state of each row of `sessions`, for filters and counts: word for word what `sessionState` says of it. */
export function sessionStateSql(time: SessionTime): SQL<SessionState> {
  const cutoff = expiryCutoff(time).toISOString();
  const ofSession = sql`from ${batches} b where b.session = ${sessions.id}`;
  return sql<SessionState>`case
    when (select count(*) ${ofSession} and b.part = 0) < ${sessions.totalBatches} then
      case when (select max(b.created_at) ${ofSession}) <= ${cutoff}::timestamptz then 'expired' else 'receiving' end
    when ${hasDelivery(OPEN_STATES)} then 'delivering'
    when ${hasDelivery(ENDED_BADLY)} then 'completed-with-errors'
    else 'completed' end`;
}

function hasDelivery(states: readonly DeliveryState[]): SQL {
  return sql`exists (
    select 1 from ${deliveries} d where d.session = ${sessions.id} and d.state = any(${sql.param([...states])}::text[]))`;
}
