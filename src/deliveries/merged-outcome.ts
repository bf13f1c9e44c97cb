import type { DeliveryRow } from './deliveries.repository.js';
import type { BatchOutcome } from './deliveries.service.js';
import type { DeliveryState } from './delivery-state.js';

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

/** Pure: the deliveries to each tag as one: its counts are their sums, its state the one that is furthest behind. */
export function mergedOutcome({ deliveries, decided }: BatchOutcome): BatchOutcome {
  const tags = new Map<string, DeliveryRow[]>();
  for (const row of deliveries) {
    const tag = `${row.provider}/${row.tag}`;
    tags.set(tag, [...(tags.get(tag) ?? []), row]);
  }
  return { deliveries: [...tags.values()].map(merged), decided };
}

function merged(deliveries: readonly DeliveryRow[]): DeliveryRow {
  const [first, ...others] = deliveries.toSorted((a, b) => TELLING.indexOf(a.state) - TELLING.indexOf(b.state));
  const add = (sum: DeliveryRow, row: DeliveryRow): DeliveryRow => ({
    ...sum,
    audienceId: sum.audienceId ?? row.audienceId,
    received: sum.received + row.received,
    accepted: sum.accepted + row.accepted,
    skipped: sum.skipped + row.skipped,
    rejected: sum.rejected + row.rejected,
  });
  return others.reduce(add, first!);
}
