import { Injectable, Logger } from '@nestjs/common';
import type { UseFile } from '../../common/multipart/file-form.js';
import type { FormFile } from '../../common/multipart/file-taker.js';
import { ProblemException } from '../../common/problem.exception.js';
import { safeStack } from '../../common/safe-stack.js';
import { AppConfig } from '../../config/config.js';
import type { DeliveryResultDto } from '../../deliveries/dto/upload-answer.dto.js';
import { mergedOutcome } from '../../deliveries/merged-outcome.js';
import { syncResults } from '../../deliveries/sync-answer.js';
import {
  type MemberAudience,
  type MemberSlice,
  MembershipService,
  type MembershipWork,
} from '../../membership/membership.service.js';
import type { Transaction } from '../../storage/database.js';
import { parseColumns } from '../../uploads/columns/column-map.js';
import { UploadReader } from '../../uploads/upload-reader.js';
import type { MembershipOptionsDto, UploadFileOptionsDto } from './dto/membership-options.dto.js';
import type { MembershipAnswerDto, UploadFileAnswerDto } from './dto/membership-answer.dto.js';
import { MembersSource } from './members-source.js';
import { MembershipTargets } from './membership-targets.service.js';

/** Gives the slices of a session, one by one. */
type Fill = (add: (slice: MemberSlice) => Promise<void>) => Promise<void>;

/** Reads a form with a file, and gives what is made of it. */
export type ReadForm<T> = (use: UseFile<T>) => Promise<T>;

/** Brings users to one custom audience, or takes them out. */
@Injectable()
export class CustomAudienceMembershipService {
  private readonly logger = new Logger(CustomAudienceMembershipService.name);

  constructor(
    private readonly config: AppConfig,
    private readonly targets: MembershipTargets,
    private readonly members: MembersSource,
    private readonly membership: MembershipService,
  ) {}

  /**
   * Takes in the users of a file, all or none. Holds no more than a slice of it.
   *
   * @throws ProblemException 400, 404, 413, 422, 503; with `sync` 502 and 504, and the users are stored all the same
   */
  async upload(
    id: string,
    options: UploadFileOptionsDto,
    requestId: string,
    read: ReadForm<UploadReader>,
  ): Promise<UploadFileAnswerDto> {
    const deadline = this.deadline();
    const audience = await this.targets.find(
      id,
      options.mode === 'remove' ? 'removeUsers' : 'uploadData',
      options.mode,
    );
    let reader: UploadReader | undefined;
    const work: MembershipWork = { mode: options.mode, origin: 'upload', requestId };
    const fill: Fill = async (add) => {
      reader = await read(async (file, fields) => {
        const reading = this.readerOf(file, fields, options);
        for await (const slice of reading.slices()) await add(slice);
        return reading;
      });
    };
    const session = await this.draft(audience, work, fill, (tx) =>
      this.targets.noteFile(tx, audience, reader!.isCsv ? 'csv' : 'api'),
    );
    const { received, skipped, skippedRows } = reader!;
    const told = skippedRows.map((row) => ({ ...row, reason: 'invalid-format' as const }));
    const results = await this.results(session, options, deadline);
    return { success: true, session, received, skipped, skippedRows: told, ...results };
  }

  /** Adds or removes users that are at hand. @throws ProblemException 404, 422, 503; with `sync` 502 and 504 */
  async change(
    id: string,
    mode: 'append' | 'remove',
    read: () => Promise<readonly MemberSlice[]>,
    options: MembershipOptionsDto,
    requestId: string,
  ): Promise<MembershipAnswerDto> {
    const deadline = this.deadline();
    const audience = await this.targets.find(id, mode === 'remove' ? 'removeUsers' : 'addUsers', mode);
    const users = await read();
    const session = await this.membership.store(audience, { mode, origin: 'users', requestId }, users);
    const received = users.reduce((sum, { count }) => sum + count, 0);
    return { success: true, session, received, ...(await this.results(session, options, deadline)) };
  }

  /** Sends all stored members again. @throws ProblemException 404, 422, 503; with `sync` 502 and 504 */
  async refresh(id: string, options: MembershipOptionsDto, requestId: string): Promise<MembershipAnswerDto> {
    const deadline = this.deadline();
    const audience = await this.targets.find(id, 'refresh', 'append');
    let received = 0;
    const session = await this.draft(audience, { mode: 'append', origin: 'refresh', requestId }, async (add) => {
      for await (const slice of this.members.slices(audience)) {
        await add(slice);
        received += slice.count;
      }
    });
    return { success: true, session, received, ...(await this.results(session, options, deadline)) };
  }

  /** Opens a session, fills it, and commits it; leaves nothing of it when filling fails. */
  private async draft(
    audience: MemberAudience,
    work: MembershipWork,
    fill: Fill,
    also?: (tx: Transaction) => Promise<void>,
  ): Promise<string> {
    let session: string | undefined;
    let slices = 0;
    try {
      await fill(async (slice) => {
        session ??= await this.membership.open(audience, work);
        slices += 1;
        await this.membership.add(session, slices, slice, work.requestId);
      });
      if (session === undefined) {
        throw new ProblemException(422, 'no-members-stored', 'The service keeps no members of this audience yet');
      }
      await this.membership.commit(session, audience, also);
      return session;
    } catch (error) {
      if (session !== undefined) await this.discard(session);
      throw error;
    }
  }

  /** What cannot be thrown away now is thrown away with the drafts of processes that died. */
  private async discard(session: string): Promise<void> {
    try {
      await this.membership.discard(session);
    } catch (error) {
      this.logger.warn(`The draft ${session} could not be discarded: ${safeStack(error)}`);
    }
  }

  private readerOf(
    file: FormFile,
    fields: ReadonlyMap<string, string>,
    { skipInvalid }: UploadFileOptionsDto,
  ): UploadReader {
    const columns = fields.get('columns');
    return new UploadReader(file, {
      skipInvalid,
      columns: columns ? parseColumns(columns) : undefined,
      maxRows: this.config.maxUploadRows,
      maxBytes: this.config.maxUploadBytes,
    });
  }

  private deadline(): number {
    return Date.now() + this.config.syncTimeoutMs;
  }

  private async results(
    session: string,
    { sync }: MembershipOptionsDto,
    deadline: number,
  ): Promise<{ results?: DeliveryResultDto[] }> {
    if (!sync) return {};
    const outcome = await this.membership.outcome(session, Math.max(1, deadline - Date.now()));
    return { results: syncResults(mergedOutcome(outcome), `/sessions/${session}`) };
  }
}
