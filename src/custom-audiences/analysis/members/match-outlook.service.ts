import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { IdentifierField, RejectionReason } from '../../../providers/contract/rejection-vocabulary.js';
import type { AudienceUser } from '../../../providers/contract/audience-user.js';
import { type ConfiguredTarget, ProviderCatalogue } from '../../../providers/provider-catalogue.service.js';
import { TagTally } from '../../../providers/tag-tally.js';
import { shareOf } from './member-tally.js';

/** What one account could be sent of the members. */
export interface MatchOutlook extends ConfiguredTarget {
  /** Members whom its rules were applied to. */
  readonly checked: number;
  readonly sendable: number;
  /** Of the checked. */
  readonly share: number;
  /** On average, of a member that can be sent; null: none can. */
  readonly identifiersPerMember: number | null;
  /** The most frequent first. */
  readonly rejections: readonly OutlookRejection[];
}

export interface OutlookRejection {
  /** Null: the whole member. */
  readonly field: IdentifierField | null;
  readonly reason: RejectionReason;
  readonly members: number;
  readonly share: number;
}

/** Members that are prepared in one go, which takes some 3 ms: other calls are answered in between. */
const PART = 100;

/** Applies the rules of every configured account to members. Sends nothing; of what would be sent only numbers are told. */
@Injectable()
export class MatchOutlookService {
  constructor(private readonly catalogue: ProviderCatalogue) {}

  /** @param scale members that one of `users` stands for */
  async of(users: readonly AudienceUser[], scale: number): Promise<MatchOutlook[]> {
    const outlooks: MatchOutlook[] = [];
    for (const target of this.catalogue.targets()) outlooks.push(await this.ofTarget(target, users, scale));
    return outlooks;
  }

  private async ofTarget(target: ConfiguredTarget, users: readonly AudienceUser[], scale: number) {
    const provider = this.catalogue.provider(target.provider);
    const tally = new TagTally();
    let identifiers = 0;
    for (let from = 0; from < users.length; from += PART) {
      const part = users.slice(from, from + PART);
      const prepared = provider.prepare(part, target.tag);
      tally.add(prepared, part.length, from);
      for (const { row } of prepared.rows) identifiers += provider.identifiers(row, target.tag).length;
      await setImmediate();
    }
    const { received, sent } = tally;
    return {
      ...target,
      checked: received,
      sendable: Math.round(sent * scale),
      share: shareOf(sent, received),
      identifiersPerMember: sent === 0 ? null : Math.round((identifiers / sent) * 100) / 100,
      rejections: tally.rejections.map(({ field, reason, users: count }) => ({
        field: field ?? null,
        reason,
        members: Math.round(count * scale),
        share: shareOf(count, received),
      })),
    };
  }
}
