import type { DeliveryRow } from '../../deliveries/deliveries.repository.js';
import type { BatchOutcome } from '../../deliveries/deliveries.service.js';
import type { DeliveryState } from '../../deliveries/delivery-state.js';

/** The state that says most of all deliveries together comes first. */
const TELLING: readonly DeliveryState[] = [
  'failed',
  'cancelled',
  'waiting',
  'running',
  'queued',
  'processing',
  'succeeded',
];

/** Pure: the deliveries of one session to one audience as one: its counts are their sums, its state the one that is furthest behind. */
export function mergedOutcome({ deliveries, decided }: BatchOutcome): BatchOutcome {
  const [first, ...others] = deliveries.toSorted((a, b) => TELLING.indexOf(a.state) - TELLING.indexOf(b.state));
  if (!first) return { deliveries, decided };
  const add = (sum: DeliveryRow, row: DeliveryRow): DeliveryRow => ({
    ...sum,
    audienceId: sum.audienceId ?? row.audienceId,
    received: sum.received + row.received,
    accepted: sum.accepted + row.accepted,
    skipped: sum.skipped + row.skipped,
    rejected: sum.rejected + row.rejected,
  });
  return { deliveries: [others.reduce(add, first)], decided };
}
