import type { ManagementContext, ShareOutcome, ShareRequest } from '../../contract/audience-manager.js';
import { ProviderError, RequestRejectedError } from '../../contract/provider-errors.js';
import { isRecord, textOf } from '../../kit/answer-values.js';
import { redactText } from '../../kit/redact.js';
import { cannotExpress, notUnderstood } from '../facebook.errors.js';
import type { FacebookGraph, GraphAnswer } from '../facebook.graph.js';
import { isCode, readAllPages } from './facebook.pages.js';

/** Meta's SDKs use the first, its guide the second (section 3.6 of the notes). */
const EDGES = ['adaccounts', 'ad_accounts'] as const;

/** How two businesses may stand to each other; https://developers.facebook.com/ads/blog/post/2018/06/13/sharing-custom-audiences/ */
const RELATIONSHIPS = ['AUDIENCE_INFO_PROVIDER', 'INFO_MANAGER', 'AD_OPTIMIZER', 'AGENCY'];

/**
 * Shares of one tag's audiences with other ad accounts.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/adaccounts
 */
export class FacebookShares {
  constructor(private readonly graph: FacebookGraph) {}

  /** Accounts that have it already are shared with: the call may be repeated. */
  async share(id: string, request: ShareRequest, ctx: ManagementContext): Promise<ShareOutcome[]> {
    const { accounts } = request;
    accounts.forEach(bareId);
    if (request.relationship !== undefined && !RELATIONSHIPS.includes(request.relationship)) {
      throw cannotExpress('relationship', `must be one of ${RELATIONSHIPS.join(', ')}`);
    }
    try {
      return await this.ask(id, accounts, request, ctx);
    } catch (error) {
      if (!(error instanceof RequestRejectedError)) throw error;
      // Facebook may refuse all of it because one account has it already.
      const sharers = await this.sharers(id, ctx);
      const rest = accounts.filter((account) => !sharers.has(bareId(account)));
      if (rest.length === accounts.length) throw error;
      const asked = rest.length === 0 ? [] : await this.ask(id, rest, request, ctx);
      const outcomes = new Map(asked.map((outcome) => [outcome.account, outcome]));
      return accounts.map((account) => outcomes.get(account) ?? { account, state: 'shared' });
    }
  }

  private async ask(
    id: string,
    accounts: readonly string[],
    { permission, relationship }: ShareRequest,
    ctx: ManagementContext,
  ): Promise<ShareOutcome[]> {
    const { body } = await this.post(
      id,
      {
        adaccounts: accounts.map(bareId),
        permissions: permission === 'write' ? 'targeting_and_insights' : 'targeting',
        replace: false,
        ...(relationship === undefined ? {} : { relationship_type: [relationship] }),
      },
      ctx,
    );
    const data: unknown = body['sharing_data'];
    if (!Array.isArray(data)) throw notUnderstood('no sharing_data');
    const entries = new Map(data.filter(isRecord).map((entry) => [bareIdOf(entry['ad_acct_id']), entry]));
    return accounts.map((account) => outcomeOf(account, entries.get(bareId(account))));
  }

  private async post(
    id: string,
    body: Readonly<Record<string, unknown>>,
    ctx: ManagementContext,
  ): Promise<GraphAnswer> {
    const on = (edge: string) => this.graph.call({ method: 'POST', ...edgeOf(id, edge), body }, ctx);
    try {
      return await on(EDGES[0]);
    } catch (error) {
      if (!isUnknownEdge(error)) throw error;
      return await on(EDGES[1]).catch((second: unknown) => {
        // The other edge is the one that does not exist: what the first said is the reason.
        throw second instanceof ProviderError && isCode(second, 2500) ? error : second;
      });
    }
  }

  private async sharers(id: string, ctx: ManagementContext): Promise<Set<string>> {
    const call = { ...edgeOf(id, EDGES[0]), query: { fields: 'account_id', permissions: 'targeting' } };
    const entries = await readAllPages(this.graph, call, ctx);
    return new Set(entries.map((entry) => bareIdOf(entry['account_id'] ?? entry['id'])));
  }
}

function edgeOf(id: string, edge: string) {
  const path = `/${encodeURIComponent(id)}/${edge}`;
  return { path, pathTemplate: `/{audience}/${edge}`, target: 'audience' } as const;
}

/** Code 100 says so of an edge, and many other things. */
function isUnknownEdge(error: unknown): error is ProviderError {
  return error instanceof ProviderError && (isCode(error, 100) || isCode(error, 2500));
}

/** `success` is true although an account got nothing: what counts is its own status. */
function outcomeOf(account: string, entry: Readonly<Record<string, unknown>> | undefined): ShareOutcome {
  const status = textOf(entry?.['audience_share_status']);
  if (status === 'SHARED') return { account, state: 'shared' };
  if (status === 'IN_PROGRESS') {
    return { account, state: 'pending', message: 'The business that owns the ad account has to agree' };
  }
  const errors: unknown = entry?.['errors'];
  const said = Array.isArray(errors) ? errors.map((error) => textOf(error)).filter((text) => text !== '') : [];
  const message = said.length > 0 ? redactText(said.join('; ')) : 'Facebook does not say why';
  return { account, state: 'refused', message };
}

/** Digits, whether `act_` stands in front of them or not. */
function bareId(account: string): string {
  const digits = /^(?:act_)?(\d{1,20})$/.exec(account)?.[1];
  if (digits === undefined) throw cannotExpress('accounts', 'must be ids of ad accounts, digits');
  return digits;
}

function bareIdOf(value: unknown): string {
  return (typeof value === 'number' ? String(value) : textOf(value)).replace(/^act_/, '');
}
