import type { LookalikeRequest, ManagementContext } from '../../contract/audience-manager.js';
import type { RemoteAudience } from '../../contract/audience-provider.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import { isRecord, textOf } from '../../kit/answer-values.js';
import type { GoogleApi } from '../google.api.js';
import type { GoogleTag } from '../google.config.js';
import { NAME_TAKEN } from '../google.error-table.js';
import { idOf, listOf, ownList, type UserList } from '../google.lookup.js';
import { sizeOf } from './google.snapshot.js';
import { MINIMUM_SIZE } from './google.support.js';

const EXPANSION: Readonly<Record<LookalikeRequest['reach'], string>> = {
  narrow: 'NARROW',
  balanced: 'BALANCED',
  broad: 'BROAD',
};

/**
 * Lookalike lists, for Demand Gen campaigns alone. The Data Manager API has none: they are made by the Google Ads API, with the
 * scope adwords, and read like other lists.
 * https://developers.google.com/google-ads/api/docs/remarketing/audience-segments/lookalike-audiences
 */
export class GoogleLookalike {
  constructor(
    private readonly tag: GoogleTag,
    private readonly api: GoogleApi,
  ) {}

  /**
   * The lookalike of this name where there is one: what was asked for again.
   *
   * @throws RequestRejectedError for what Google cannot express, for a seed that is too small, and for a name that is in use
   */
  async create(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    refuseUnknowable(request);
    const found = await this.find(request.name, ctx);
    if (found) return found;
    await this.checkSeed(seed, ctx);
    try {
      return await this.mutate(seed, request, ctx);
    } catch (error) {
      const isTaken = error instanceof RequestRejectedError && NAME_TAKEN.some((word) => isOf(error, word));
      const made = isTaken && (await this.find(request.name, ctx));
      if (made) return made;
      throw error;
    }
  }

  private async find(name: string, ctx: ManagementContext): Promise<RemoteAudience | undefined> {
    const list = await ownList(name, this.tag.customerId, this.api, ctx);
    if (list === undefined) return undefined;
    // Of what Google fills by itself this field says nothing.
    if (isRecord(list['ingestedUserListInfo'])) {
      throw new RequestRejectedError(
        'Google: a list of this name is there, and is no lookalike; choose another `name`',
      );
    }
    return { id: idOf(list) };
  }

  /** Google takes a seed that nothing can be made of, and then makes nothing. */
  private async checkSeed(seed: string, ctx: ManagementContext): Promise<void> {
    const list: UserList = await this.api.call({ method: 'GET', ...listOf(this.tag.customerId, seed) }, ctx);
    if (sizeOf(list) >= MINIMUM_SIZE) return;
    throw new RequestRejectedError(
      `Google: a lookalike needs a list of at least ${MINIMUM_SIZE} people who can be reached; wait until it is ready`,
    );
  }

  private async mutate(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    const { name, description = '', countries, reach } = request;
    const create = {
      name,
      ...(description !== '' && { description }),
      lookalikeUserList: { seedUserListIds: [seed], expansionLevel: EXPANSION[reach], countryCodes: countries },
    };
    const { results } = await this.api.call(
      {
        method: 'POST',
        path: `/customers/${this.tag.customerId}/userLists:mutate`,
        pathTemplate: '/customers/{customer}/userLists:mutate',
        target: 'ads',
        body: { operations: [{ create }] },
      },
      ctx,
    );
    const result: unknown = Array.isArray(results) ? results[0] : undefined;
    const resourceName = isRecord(result) ? textOf(result['resourceName']) : '';
    return { id: idOf({ name: resourceName }) };
  }
}

function refuseUnknowable({ countries, locations = [], ratio, people }: LookalikeRequest): void {
  if (locations.length > 0 || countries.length === 0) {
    throw new RequestRejectedError(
      'Google: a lookalike is made for `countries`, at least one; there are no `locations`',
    );
  }
  if (ratio !== undefined || people !== undefined) {
    const field = ratio === undefined ? 'people' : 'ratio';
    throw new RequestRejectedError(`Google: there is no \`${field}\`; say by \`reach\` how far the lookalike goes`);
  }
}

function isOf({ platformCode = '' }: RequestRejectedError, reason: string): boolean {
  return platformCode.endsWith(`/${reason}`);
}
