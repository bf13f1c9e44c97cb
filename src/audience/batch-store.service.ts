import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { type Registration, SessionsService } from '../sessions/sessions.service.js';
import { Database } from '../storage/database.js';
import { PayloadCipher } from '../storage/payload-cipher.js';
import type { Destination } from './destinations.service.js';
import type { UploadAudienceDto } from './dto/upload-audience.dto.js';
import type { UploadOptionsDto } from './dto/upload-options.dto.js';
import { RecipientsService } from './recipients.service.js';

/** Makes a batch durable: session, sealed payload, deliveries and their jobs, or none of them. */
@Injectable()
export class BatchStore {
  constructor(
    private readonly database: Database,
    private readonly cipher: PayloadCipher,
    private readonly sessions: SessionsService,
    private readonly deliveries: DeliveriesService,
    private readonly recipients: RecipientsService,
  ) {}

  /**
   * Stores the batch with one delivery per target in one transaction, or finds that it is stored already.
   *
   * @param requestId of the call that brings it
   * @param destination asked only for a new batch: one that was received before is answered even if its account is gone
   *
   * @throws ProblemException 409 when it contradicts what is stored, 422 when an audience of this name takes no users
   */
  async store(
    upload: UploadAudienceDto,
    options: UploadOptionsDto,
    requestId: string,
    destination: () => Destination,
  ): Promise<Registration> {
    const id = uuid();
    const batch = {
      id,
      sequence: upload.batch.sequence,
      pullDate: upload.batch.pullDate,
      requestId,
      userCount: upload.users.length,
      fingerprint: this.fingerprint(upload, options),
      payload: await this.cipher.seal(upload.usersBytes, id),
    };
    return this.database.transaction(async (tx) => {
      const registration = await this.sessions.register(tx, identityOf(upload, options), batch);
      const { session, replayed } = registration;
      if (!replayed) {
        const where = destination();
        const recipients = await this.recipients.of(tx, session, where, options.mode);
        const { segment } = where;
        const { targets } = recipients;
        await this.deliveries.create(tx, { batch: id, session, segment, received: batch.userCount, targets });
        await this.recipients.announce(tx, recipients);
      }
      return registration;
    });
  }

  /** Keyed digest of everything that decides what is sent where; `sync` only decides when the answer comes. */
  private fingerprint({ name, type, batch, usersBytes }: UploadAudienceDto, options: UploadOptionsDto): Buffer {
    const { sessionId, sequence, totalBatches, totalUsers, pullDate } = batch;
    const channels = options.channels && [...options.channels].sort();
    const told = [name, type, sessionId, sequence, totalBatches, totalUsers, pullDate, options.disablePrefix, channels];
    // Only where it is said: batches that are on record from before there were modes stay known.
    if (options.mode !== 'append') told.push(options.mode);
    return this.cipher.fingerprint([Buffer.from(JSON.stringify(told)), usersBytes]);
  }
}

function identityOf({ name, type, batch }: UploadAudienceDto, { mode }: UploadOptionsDto) {
  const { sessionId, totalBatches, totalUsers } = batch;
  return { name, type, sessionId, mode, totalBatches, totalUsers };
}
