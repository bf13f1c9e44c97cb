import { Injectable } from '@nestjs/common';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { type NewUsers, type Registration, SessionsService } from '../sessions/sessions.service.js';
import { Database, type Transaction } from '../storage/database.js';
import type { Destination } from './destinations.service.js';
import type { UploadOptionsDto } from './dto/upload-options.dto.js';
import { RecipientsService } from './recipients.service.js';
import { DraftUsers } from './users/draft-users.service.js';
import type { AudienceUpload, TakenUsers } from './users/taken-users.js';

/** Makes a batch durable: session, sealed payload, deliveries and their jobs, or none of them. */
@Injectable()
export class BatchStore {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly deliveries: DeliveriesService,
    private readonly recipients: RecipientsService,
    private readonly drafts: DraftUsers,
  ) {}

  /**
   * Stores the batch with one delivery per target and part in one transaction, or finds that it is stored already. A draft of
   * its users is gone afterwards, in either case.
   *
   * @param requestId of the call that brings it
   * @param destination asked only for a new batch: one that was received before is answered even if its account is gone
   *
   * @throws ProblemException 409 when it contradicts what is stored, 422 when an audience of this name takes no users
   */
  async store(
    upload: AudienceUpload,
    options: UploadOptionsDto,
    requestId: string,
    destination: () => Destination,
  ): Promise<Registration> {
    let isAdopted = false;
    const { content } = upload.users;
    try {
      const registration = await this.database.transaction((tx) =>
        this.register(tx, upload, options, requestId, destination),
      );
      isAdopted = !registration.replayed;
      return registration;
    } finally {
      if ('draft' in content && !isAdopted) await this.drafts.discard(content.draft);
    }
  }

  private async register(
    tx: Transaction,
    upload: AudienceUpload,
    options: UploadOptionsDto,
    requestId: string,
    destination: () => Destination,
  ): Promise<Registration> {
    const { users } = upload;
    const { sequence, pullDate } = upload.batch;
    const batch = { sequence, pullDate, requestId, fingerprint: users.fingerprint, users: newUsers(users) };
    const registration = await this.sessions.register(tx, identityOf(upload, options), batch);
    const { session, parts, replayed } = registration;
    if (replayed) return registration;
    const where = destination();
    const recipients = await this.recipients.of(tx, session, where, options.mode);
    const { segment } = where;
    const { targets } = recipients;
    for (const { id, userCount } of parts) {
      await this.deliveries.create(tx, { batch: id, session, segment, received: userCount, targets });
    }
    await this.recipients.announce(tx, recipients);
    return registration;
  }
}

function newUsers({ content, count }: TakenUsers): NewUsers {
  return 'draft' in content ? content : { id: content.batch, payload: content.payload, userCount: count };
}

function identityOf({ name, type, batch }: AudienceUpload, { mode }: UploadOptionsDto) {
  const { sessionId, totalBatches, totalUsers } = batch;
  return { name, type, sessionId, mode, totalBatches, totalUsers };
}
