import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem.exception.js';
import type { UploadMode } from '../common/upload-modes.js';
import { CustomAudiencesRepository } from '../custom-audiences/records/custom-audiences.repository.js';
import type { EnsuredAudience } from '../custom-audiences/records/ensured-audiences.js';
import type { DeliveryTarget } from '../deliveries/deliveries.repository.js';
import { EventsWriter, type NewEvent } from '../events/events-writer.js';
import { MembersStore } from '../members/members-store.js';
import { ProviderCatalogue } from '../providers/provider-catalogue.service.js';
import type { Transaction } from '../storage/database.js';
import { mirrors } from '../storage/member-schema.js';
import type { Destination } from './destinations.service.js';

/** The tags that get a batch, each with the record of its audience. */
export interface Recipients {
  readonly targets: readonly DeliveryTarget[];
  readonly events: readonly NewEvent[];
}

/** Says to which custom audiences a batch goes; those that are missing are made, unless users are only to be taken out. */
@Injectable()
export class RecipientsService {
  constructor(
    private readonly catalogue: ProviderCatalogue,
    private readonly records: CustomAudiencesRepository,
    private readonly members: MembersStore,
    private readonly events: EventsWriter,
  ) {}

  /** @throws ProblemException 422 for an audience that takes no users, or a mirror without a members store */
  async of(tx: Transaction, session: string, { segment, targets }: Destination, mode: UploadMode): Promise<Recipients> {
    if (mode === 'mirror' && !this.members.isOn) {
      const reason = 'Mirror compares with the stored members, and this service keeps none (MEMBERS=off)';
      throw new ProblemException(422, 'not-offered', `${reason}: send all users with mode=append instead`);
    }
    const accounts = targets.map((target) => ({
      ...target,
      account: this.catalogue.provider(target.provider).account(target.tag),
    }));
    const wanted = { segment, targets: accounts };
    const { audiences, events } =
      mode === 'remove'
        ? { audiences: await this.records.existing(tx, wanted), events: [] }
        : await this.records.ensure(tx, wanted);
    refuseOtherTypes(audiences);
    if (mode === 'mirror') await this.openMirrors(tx, session, audiences);
    const idOf = ({ provider, tag }: { provider: string; tag: string }) =>
      audiences.find((one) => one.provider === provider && one.tag === tag)?.id;
    return { targets: targets.map((target) => ({ ...target, customAudience: idOf(target) })), events };
  }

  /** To be called last in the transaction. */
  async announce(tx: Transaction, { events }: Recipients): Promise<void> {
    await this.events.record(tx, events);
  }

  /** Two tags of one account have one audience, and one mirror. */
  private async openMirrors(tx: Transaction, session: string, audiences: readonly EnsuredAudience[]): Promise<void> {
    const rows = audiences.map(({ id, provider, tag }) => ({ session, customAudience: id, provider, tag }));
    await tx.insert(mirrors).values(rows).onConflictDoNothing();
  }
}

function refuseOtherTypes(audiences: readonly EnsuredAudience[]): void {
  const other = audiences.find(({ type }) => type !== 'customer-list');
  if (!other) return;
  const where = `${other.provider}/${other.tag}`;
  const detail = `The audience of this name at ${where} is of the type ${other.type} and fills itself: only a customer-list takes users`;
  throw new ProblemException(422, 'not-offered', detail);
}
