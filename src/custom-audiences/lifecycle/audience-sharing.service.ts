import { Injectable } from '@nestjs/common';
import { ProblemException } from '../../common/problem.exception.js';
import { EventsWriter } from '../../events/events-writer.js';
import type { ShareOutcome } from '../../providers/contract/audience-manager.js';
import { Database } from '../../storage/database.js';
import type { ShareCustomAudienceDto } from '../dto/share.dto.js';
import { PlatformCalls } from '../platform/platform-calls.service.js';
import type { CustomAudienceRow } from '../records/custom-audience-row.js';

/** Lets other accounts use custom audiences. */
@Injectable()
export class AudienceSharing {
  constructor(
    private readonly database: Database,
    private readonly calls: PlatformCalls,
    private readonly events: EventsWriter,
  ) {}

  /** @throws ProblemException 409 while the platform has no such audience, 422 when it cannot share or refuses */
  async share(row: CustomAudienceRow, wanted: ShareCustomAudienceDto): Promise<readonly ShareOutcome[]> {
    const manager = this.calls.manager(row, 'share', 'share');
    const remoteId = remoteIdOf(row);
    const { permission, relationship } = wanted;
    const request = { accounts: [...new Set(wanted.accounts)], permission, relationship };
    const outcomes = await this.calls.call(row, (ctx) => manager.share!(remoteId, request, ctx));
    const accounts = outcomes
      .filter(({ state }) => state !== 'refused')
      .map(({ account, state }) => ({ account, state }));
    if (accounts.length > 0) {
      await this.database.transaction((tx) =>
        this.events.record(tx, [{ type: 'shared', audience: row, data: { accounts } }]),
      );
    }
    return outcomes;
  }
}

/** @throws ProblemException 409 while the platform has no such audience */
export function remoteIdOf({ audienceId }: CustomAudienceRow): string {
  if (audienceId !== null) return audienceId;
  throw new ProblemException(
    409,
    'audience-not-there',
    'The platform has no such audience yet: its first users make it',
  );
}
