import type { ManagementContext, ShareOutcome, ShareRequest } from '../../contract/audience-manager.js';
import { PermissionDeniedError, RequestRejectedError } from '../../contract/provider-errors.js';
import { isRecord } from '../../kit/answer-values.js';
import type { TwitterApi } from '../twitter.api.js';
import { notUnderstood } from '../twitter.errors.js';
import { idOf } from '../twitter.lookup.js';

/** Ids that one call may ask about. */
const MOST_ASKED = 200;

/** Lets other ads accounts use an audience. Only its owner can, and only within the business it belongs to. */
export async function shareTwitterAudience(
  id: string,
  request: ShareRequest,
  api: TwitterApi,
  ctx: ManagementContext,
): Promise<readonly ShareOutcome[]> {
  const level = request.permission === 'write' ? 'READ_WRITE' : 'READ_ONLY';
  const known = request.accounts.filter((account) => idOf(account) !== undefined);
  const granted = new Map<string, string>();
  // Also asked for nobody: whether the audience is there is to be known before anybody is called wrong.
  for (let at = 0; at === 0 || at < known.length; at += MOST_ASKED) {
    const levels = await levelsOf(id, known.slice(at, at + MOST_ASKED), api, ctx);
    levels.forEach((given, account) => granted.set(account, given));
  }
  const outcomes: ShareOutcome[] = [];
  for (const account of request.accounts) {
    if (idOf(account) === undefined) {
      outcomes.push({ account, state: 'refused', message: 'X: not the id of an ads account such as 18ce54d4x5t' });
    } else if (granted.get(account) === level) {
      outcomes.push({ account, state: 'shared' });
    } else {
      outcomes.push(await grant(id, account, level, api, ctx));
    }
  }
  return outcomes;
}

async function grant(
  id: string,
  account: string,
  level: string,
  api: TwitterApi,
  ctx: ManagementContext,
): Promise<ShareOutcome> {
  try {
    const query = { granted_account_id: account, permission_level: level };
    await api.call({ ...permissionsOf(id), method: 'POST', query }, ctx);
    return { account, state: 'shared' };
  } catch (error) {
    // X calls it forbidden too when the other account is in another business: that is about this account alone.
    if (error instanceof RequestRejectedError || error instanceof PermissionDeniedError) {
      return { account, state: 'refused', message: error.message };
    }
    throw error;
  }
}

/** What each of these accounts may do already. @throws AudienceMissingError */
async function levelsOf(
  id: string,
  accounts: readonly string[],
  api: TwitterApi,
  ctx: ManagementContext,
): Promise<ReadonlyMap<string, string>> {
  const filter: Record<string, string> = accounts.length === 0 ? {} : { granted_account_ids: accounts.join(',') };
  const { body } = await api.call({ ...permissionsOf(id), method: 'GET', query: { count: 1_000, ...filter } }, ctx);
  const { data } = body;
  if (!Array.isArray(data)) {
    throw notUnderstood('no list of permissions');
  }
  return new Map(
    data
      .filter(isRecord)
      .filter(({ deleted }) => deleted !== true)
      .map((entry) => [String(entry['granted_account_id']), String(entry['permission_level'])] as const),
  );
}

function permissionsOf(id: string) {
  return {
    path: `/custom_audiences/${encodeURIComponent(id)}/permissions`,
    pathTemplate: '/custom_audiences/{audience}/permissions',
    target: 'audience',
  } as const;
}
