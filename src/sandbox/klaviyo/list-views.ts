import { SandboxInputError } from '../sandbox-input.js';
import { type AudiencesFilter, type AudienceView, type MemberView } from '../simulator.js';
import { type KlaviyoAccount } from './klaviyo-account.js';
import { type KlaviyoList } from './lists/list.js';
import { columnsOf } from './profiles/profile.js';

const DEFAULT_MEMBER_LIMIT = 100_000;

/** A list as tests look at it, with the segments that are made of it. */
export function listView(
  account: KlaviyoAccount,
  list: KlaviyoList,
  { members, offset, limit }: AudiencesFilter,
  now: number,
): AudienceView {
  const segments = account.segments.madeOf(list.id).map((segment) => ({
    id: segment.id,
    name: segment.name,
    isActive: segment.isActive,
    isProcessing: segment.isProcessing,
    memberCount: segment.members.size,
  }));
  const imports = account.imports.all(now).filter(({ plan }) => plan.listIds.includes(list.id));
  return {
    id: list.id,
    name: list.name,
    account: account.id,
    memberCount: list.members.size,
    rowsReceived: list.rowsReceived,
    details: {
      optInProcess: list.optInProcess,
      segments,
      imports: imports.map((job) => ({
        id: job.plan.id,
        status: job.status(now),
        total: job.plan.rows.length,
        completed: job.accepted,
        failed: job.errors.length,
      })),
    },
    ...(members === true ? { members: membersOf(list, offset ?? 0, limit ?? DEFAULT_MEMBER_LIMIT) } : {}),
  };
}

/** Changes a list from the outside. */
export function patchList(
  account: KlaviyoAccount,
  list: KlaviyoList,
  patch: Readonly<Record<string, unknown>>,
  now: number,
): void {
  for (const [name, value] of Object.entries(patch)) {
    if (name === 'deleted' && value === true) {
      account.lists.delete(list.id);
      account.changed(now);
    } else if (name === 'segmentsActive' && typeof value === 'boolean') {
      for (const segment of account.segments.madeOf(list.id)) segment.isActive = value;
    } else if ((name === 'failRows' || name === 'cancelImports') && isCount(value)) {
      list[name] = value;
    } else {
      throw new SandboxInputError(`a list has no ${name} that could become ${JSON.stringify(value)}`);
    }
  }
}

function membersOf(list: KlaviyoList, offset: number, limit: number): MemberView[] {
  const shown = [...list.members.values()].slice(offset, offset + limit);
  return shown.map(({ profile, timesReceived }) => ({ columns: columnsOf(profile), timesReceived }));
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
