import type { NewEvent } from '../../../events/events-writer.js';
import type { PolledColumns } from './record-changes.js';
import type { CustomAudienceRow } from './reading.js';

/** Pure: what is told of the change from the record to its new columns, in the order in which it makes sense to hear it. */
export function eventsOf(before: CustomAudienceRow, after: PolledColumns): NewEvent[] {
  return [...populationEvents(before, after), ...sizeEvents(before, after), ...statusEvents(before, after)].concat(
    campaignEvents(before, after),
  );
}

function populationEvents(before: CustomAudienceRow, after: PolledColumns): NewEvent[] {
  if (before.status !== 'populating' || after.status === 'populating') return [];
  const audience = subjectOf(before);
  if (after.status === 'error') return [{ type: 'populationFailed', audience, data: { reason: after.statusReason } }];
  return [{ type: 'populationCompleted', audience, data: { size: after.size } }];
}

function sizeEvents(before: CustomAudienceRow, { size }: PolledColumns): NewEvent[] {
  if (before.size === size) return [];
  return [{ type: 'sizeUpdated', audience: subjectOf(before), data: { size, before: before.size } }];
}

function statusEvents(before: CustomAudienceRow, { status, size, minimumSize }: PolledColumns): NewEvent[] {
  if (before.status === status) return [];
  const audience = subjectOf(before);
  if (status === 'too-small') return [{ type: 'tooSmall', audience, data: { size, minimumSize } }];
  return status === 'ready' ? [{ type: 'ready', audience, data: { size } }] : [];
}

function campaignEvents(before: CustomAudienceRow, after: PolledColumns): NewEvent[] {
  const known = new Set(before.campaigns?.map(({ id }) => id));
  const names = new Map(after.campaigns?.map(({ id, name }) => [id, name]));
  return [...names]
    .filter(([campaign]) => !known.has(campaign))
    .map(([campaign, name]) => ({
      type: 'usedInCampaign',
      audience: subjectOf(before),
      data: { campaign, name },
    }));
}

function subjectOf({ id, provider, tag }: CustomAudienceRow) {
  return { id, provider, tag };
}
