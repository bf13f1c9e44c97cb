import { Injectable } from '@nestjs/common';
import { and, eq, ne } from 'drizzle-orm';
import type { UploadMode } from '../../common/upload-modes.js';
import { ProblemException } from '../../common/problem.exception.js';
import type { MemberAudience } from '../../membership/membership.service.js';
import type { CustomAudienceAction } from '../../providers/contract/custom-audience-words.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database, type Transaction } from '../../storage/database.js';
import { MembersSource } from './members-source.js';

/** Finds the custom audience whose members are to change, and says whether they can. */
@Injectable()
export class MembershipTargets {
  constructor(
    private readonly database: Database,
    private readonly catalogue: ProviderCatalogue,
    private readonly members: MembersSource,
  ) {}

  /**
   * @param action that is asked for
   * @param mode what it does to the members; whatever takes people out needs a platform that lets us
   *
   * @throws ProblemException 404, 422 when the audience or its platform lacks that, 503 when its account is not configured
   */
  async find(id: string, action: CustomAudienceAction, mode: UploadMode): Promise<MemberAudience> {
    const { type, seed, ...audience } = await this.row(id);
    if (seed !== null) throw notOffered('This audience is a lookalike: the platform decides who is in it');
    if (type !== 'customer-list') {
      throw notOffered(`This audience is of the type ${type} and fills itself: only a customer-list takes users`);
    }
    this.refuseLacking(audience.provider, action, mode);
    if ((action === 'refresh' || mode === 'mirror') && !this.members.isOn) {
      const what =
        action === 'refresh' ? 'Refresh sends the stored members again' : 'Mirror compares with the stored members';
      throw notOffered(`${what}, and this service keeps none (MEMBERS=off): upload all users with mode=append instead`);
    }
    const isConfigured = ({ provider, tag }: { provider: string; tag: string }) =>
      provider === audience.provider && tag === audience.tag;
    if (this.catalogue.targets().some(isConfigured)) return audience;
    throw new ProblemException(
      503,
      'no-tag-configured',
      'The account of this audience is not configured here any more',
    );
  }

  /** Users came as a file: how, is a property of the audience. */
  async noteFile(tx: Transaction, { id }: MemberAudience, dataUploadMethod: 'api' | 'csv'): Promise<void> {
    const isOther = ne(customAudiences.dataUploadMethod, dataUploadMethod);
    await tx
      .update(customAudiences)
      .set({ dataUploadMethod })
      .where(and(eq(customAudiences.id, id), isOther));
  }

  private async row(id: string) {
    const { provider, tag, name, type, seed } = customAudiences;
    const [row] = await this.database.query
      .select({ id: customAudiences.id, provider, tag, name, type, seed })
      .from(customAudiences)
      .where(eq(customAudiences.id, id));
    if (row) return row;
    throw new ProblemException(404, 'custom-audience-not-found', 'There is no custom audience with this id');
  }

  private refuseLacking(id: string, action: CustomAudienceAction, mode: UploadMode): void {
    const provider = this.catalogue.providers.find((one) => one.id === id);
    const lacks = provider?.audiences.lacks ?? {};
    const reason = lacks[action] ?? (mode === 'append' ? undefined : lacks.removeUsers);
    if (reason !== undefined) throw notOffered(reason);
  }
}

function notOffered(detail: string): ProblemException {
  return new ProblemException(422, 'not-offered', detail);
}
