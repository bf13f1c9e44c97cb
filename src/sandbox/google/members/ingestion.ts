import { type UserListStore } from '../lists/user-list-store.js';
import { type UserList } from '../lists/user-list.js';
import { type ConsentRule } from './consent.js';
import { type Destination } from './destinations.js';
import { type Person } from './member-reader.js';
import { type Outcome } from './request-store.js';

/** Fewer matches than this, and no rate is told. */
const SMALLEST_FOR_RATE = 100;

/** What adding people to a list will lead to. A repeated person is a member once, its time renewed. */
export function ingestion(
  destination: Destination,
  people: readonly Person[],
  consent: ConsentRule,
  { matcher }: UserListStore,
): Outcome {
  const { list } = destination;
  const failAll = list.failNextRequest;
  list.failNextRequest = false;
  const errors = new Map<string, number>();
  const keys: string[] = [];
  people.forEach((person, index) => {
    const isFailing = failAll || index < list.failRecords;
    const reason = isFailing ? list.failReason : consent.mistakeOf(person);
    if (reason === undefined) keys.push(person.key);
    else errors.set(reason, (errors.get(reason) ?? 0) + 1);
  });
  const matched = matcher.count(keys);
  const status = errors.size === 0 ? 'SUCCESS' : keys.length === 0 ? 'FAILED' : 'PARTIAL_SUCCESS';
  const uploadMatchRateRange = matchRateRange(matched, people.length);
  const counts = { ...recordCounts(people), uploadMatchRateRange };
  return {
    destination,
    errors,
    status,
    counts: { audienceMembersIngestionStatus: { compositeDataIngestionStatus: counts } },
    apply: (target: UserList, at) => target.members.add(keys, at),
  };
}

/** What taking people out of a list will lead to. */
export function removal(destination: Destination, people: readonly Person[]): Outcome {
  const keys = people.map(({ key }) => key);
  return {
    destination,
    errors: new Map(),
    status: 'SUCCESS',
    counts: { audienceMembersRemovalStatus: { compositeDataRemovalStatus: recordCounts(people) } },
    apply: (target, at) => target.members.remove(keys, at),
  };
}

/** What emptying a list of those last added before a time will lead to. */
export function clearance(destination: Destination, before: number): Outcome {
  return {
    destination,
    errors: new Map(),
    status: 'SUCCESS',
    counts: { removeAllAudienceMembersStatus: {} },
    apply: (target, at) => target.members.removeBefore(before, at),
  };
}

/** Everything that was sent, what failed included. */
function recordCounts(people: readonly Person[]): object {
  const byType = new Map<string, number>();
  for (const { types } of people) for (const type of types) byType.set(type, (byType.get(type) ?? 0) + 1);
  return {
    recordCount: String(people.length),
    dataTypeCounts: [...byType].map(([type, count]) => ({ type, count: String(count) })),
  };
}

function matchRateRange(matched: number, sent: number): string {
  if (matched < SMALLEST_FOR_RATE) return 'MATCH_RATE_RANGE_NOT_ELIGIBLE';
  const percent = Math.floor((100 * matched) / sent);
  if (percent < 20) return 'MATCH_RATE_RANGE_LESS_THAN_20';
  if (percent <= 30) return 'MATCH_RATE_RANGE_20_TO_30';
  const from = Math.floor((percent - 1) / 10) * 10 + 1;
  return `MATCH_RATE_RANGE_${from}_TO_${from + 9}`;
}
