import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { invalidRequest } from '../../common/dto-validation.js';
import { AppConfig } from '../../config/config.js';
import type { AudienceProvider } from '../../providers/contract/audience-provider.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { toAudienceUsers } from '../../providers/contract/read-users.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { DestinationsService } from '../destinations.service.js';
import type { AudienceFormDto } from '../dto/audience-form.dto.js';
import { BatchFacts } from './batch-facts.js';
import { batchWarnings } from './batch-warnings.js';
import type { PreviewAnswerDto, RejectionShareDto, TagPreviewDto, UserPreviewDto } from './dto/preview-answer.dto.js';
import type { PreviewOptionsDto } from './dto/preview-options.dto.js';
import { StepRecorder } from './step-recorder.js';
import { type RejectionCount, TagTally } from '../../providers/tag-tally.js';
import { type RejectionShare, tagWarnings } from './tag-warnings.js';
import { userPreviews } from './user-previews.js';

/** Users that are looked at in one go, which takes some 10 ms: other calls are answered in between. */
const PART = 1_000;

/** Says what would become of a batch. It sends nothing, stores nothing and asks no platform. */
@Injectable()
export class PreviewService {
  private readonly logger = new Logger(PreviewService.name);

  constructor(
    private readonly config: AppConfig,
    private readonly destinations: DestinationsService,
    private readonly catalogue: ProviderCatalogue,
  ) {}

  /**
   * Prepares the batch for every addressed tag as its delivery would.
   *
   * @throws ProblemException 400 for an unknown channel and for `explain` with several users, 503 when no tag is configured
   */
  async preview(upload: AudienceFormDto, options: PreviewOptionsDto): Promise<PreviewAnswerDto> {
    const { segment, targets } = this.destinations.of(upload, options);
    const received = upload.users.length;
    if (options.explain && received !== 1) {
      const message = `is for a batch of exactly one user; this one has ${received}`;
      throw invalidRequest({ first: [{ field: 'explain', message }], total: 1 });
    }
    const users: AudienceUser[] = [];
    const facts = new BatchFacts();
    for await (const { part } of inParts(upload.users)) {
      const read = toAudienceUsers(part);
      facts.add(read);
      users.push(...read);
    }
    const tags: TagPreviewDto[] = [];
    for (const { provider, tag } of targets) {
      tags.push(await this.previewTag(this.catalogue.provider(provider), tag, { users, facts, options }));
    }
    this.logger.log({ msg: 'Batch previewed', audience: upload.name, users: received, tags: tags.length });
    const warnings = batchWarnings(upload.batch, received, facts, this.config.maxUsersPerBatch);
    return { success: true, segment, received, tags, warnings };
  }

  private async previewTag(
    provider: AudienceProvider,
    tag: string,
    { users, facts, options }: PreviewedBatch,
  ): Promise<TagPreviewDto> {
    const recorder = options.explain ? new StepRecorder() : undefined;
    const tally = new TagTally();
    let preview: UserPreviewDto[] = [];
    for await (const { part, from } of inParts(users)) {
      const prepared = provider.prepare(part, tag, recorder);
      tally.add(prepared, part.length, from);
      if (from === 0) {
        const shown = Math.min(options.users, part.length);
        preview = userPreviews(prepared, shown, (row) => provider.identifiers(row, tag));
      }
    }
    const { received, sent } = tally;
    const shares = tally.rejections.map((count) => ({ ...count, of: outOf(count, received, facts) }));
    return {
      provider: provider.id,
      tag,
      account: provider.account(tag),
      received,
      sent,
      skipped: received - sent,
      rejections: shares.map(toDto),
      warnings: tagWarnings(`${provider.id}/${tag}`, shares),
      preview,
      ...(recorder && { steps: recorder.steps(users[0]!) }),
    };
  }
}

interface PreviewedBatch {
  readonly users: readonly AudienceUser[];
  readonly facts: BatchFacts;
  readonly options: PreviewOptionsDto;
}

async function* inParts<T>(users: readonly T[]): AsyncGenerator<{ part: readonly T[]; from: number }> {
  for (let from = 0; from < users.length; from += PART) {
    yield { part: users.slice(from, from + PART), from };
    await setImmediate();
  }
}

/** A platform may also leave out what it needs and was not given. */
function outOf({ field, users }: RejectionCount, received: number, facts: BatchFacts): number {
  return field === undefined ? received : Math.max(users, facts.count(field));
}

function toDto({ field, reason, users, of }: RejectionShare): RejectionShareDto {
  return { field: field ?? null, reason, users, share: Math.round((users / of) * 10_000) / 10_000 };
}
