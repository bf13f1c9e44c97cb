import type { ManagementContext, ShareOutcome, ShareRequest } from '../../contract/audience-manager.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import { isRecord, textOf } from '../../kit/answer-values.js';
import type { TikTokApi } from '../tiktok.api.js';
import { idOf, listOf } from '../tiktok.lookup.js';

/** Ad accounts in one call. */
const MOST_ACCOUNTS = 10;

/** The words for it are not public; this much they should have in common. */
const NOT_ANY_MORE = /cancel|stop|revok|remov|delet|expir/i;

/** Lets ad accounts of the same Business Center use an audience. TikTok has one kind of sharing, whatever is to be permitted. */
export class TikTokSharing {
  constructor(
    private readonly advertiserId: string,
    private readonly api: TikTokApi,
  ) {}

  async share(id: string, { accounts }: ShareRequest, ctx: ManagementContext): Promise<readonly ShareOutcome[]> {
    const shared = await this.sharedWith(id, ctx);
    const outcomes = new Map<string, ShareOutcome>();
    const waiting: string[] = [];
    for (const account of new Set(accounts)) {
      if (shared.has(account)) {
        outcomes.set(account, { account, state: 'shared' });
      } else if (!/^\d{1,20}$/.test(account)) {
        outcomes.set(account, { account, state: 'refused', message: 'TikTok: not the digits of an ad account' });
      } else {
        waiting.push(account);
      }
    }
    for (let at = 0; at < waiting.length; at += MOST_ACCOUNTS) {
      const some = await this.shareSome(id, waiting.slice(at, at + MOST_ACCOUNTS), ctx);
      some.forEach((outcome) => outcomes.set(outcome.account, outcome));
    }
    return [...outcomes.values()];
  }

  /** A call is refused for all because of one: then each is asked for alone. */
  private async shareSome(id: string, accounts: readonly string[], ctx: ManagementContext): Promise<ShareOutcome[]> {
    try {
      const body = {
        advertiser_id: this.advertiserId,
        custom_audience_ids: [id],
        shared_advertiser_ids: accounts,
      };
      await this.api.call({ method: 'POST', path: '/dmp/custom_audience/share/', target: 'audience', body }, ctx);
      return accounts.map((account) => ({ account, state: 'shared' }));
    } catch (error) {
      if (!(error instanceof RequestRejectedError)) {
        throw error;
      }
      const [account = ''] = accounts;
      if (accounts.length === 1) {
        return [{ account, state: 'refused', message: error.message }];
      }
      const outcomes: ShareOutcome[] = [];
      for (const one of accounts) outcomes.push(...(await this.shareSome(id, [one], ctx)));
      return outcomes;
    }
  }

  /** Sharing twice may be refused, so what has been shared is asked for first. */
  private async sharedWith(id: string, ctx: ManagementContext): Promise<ReadonlySet<string>> {
    const query = { advertiser_id: this.advertiserId, custom_audience_id: id };
    const path = '/dmp/custom_audience/share/log/';
    const { data } = await this.api.call({ method: 'GET', path, target: 'audience', query }, ctx);
    // TikTok's own example of an audience that was never shared has no list at all.
    const list = data['list'] === undefined || data['list'] === null ? [] : listOf(data['list']);
    return new Set(
      list
        .filter(isRecord)
        .filter(({ status }) => !NOT_ANY_MORE.test(textOf(status)))
        .flatMap((entry) => idOf(entry['shared_advertiser_id']) ?? []),
    );
  }
}
