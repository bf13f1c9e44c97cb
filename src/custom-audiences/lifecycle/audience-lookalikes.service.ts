import { Injectable } from '@nestjs/common';
import { invalidRequest } from '../../common/dto-validation.js';
import type { NewEvent } from '../../events/events-writer.js';
import type { LookalikeRequest } from '../../providers/contract/audience-manager.js';
import type { Transaction } from '../../storage/database.js';
import type { CreateLookalikeDto } from '../dto/lookalike.dto.js';
import { PlatformCalls } from '../platform/platform-calls.service.js';
import type { CustomAudienceRow, CustomAudienceValues } from '../records/custom-audience-row.js';
import { CustomAudiencesRepository } from '../records/custom-audiences.repository.js';
import { AudienceCreation, selfFilling } from './audience-creation.service.js';
import { AudienceMaker } from './audience-maker.service.js';
import { remoteIdOf } from './audience-sharing.service.js';

/** Makes audiences of people like those in another one. */
@Injectable()
export class AudienceLookalikes {
  constructor(
    private readonly records: CustomAudiencesRepository,
    private readonly creation: AudienceCreation,
    private readonly calls: PlatformCalls,
    private readonly maker: AudienceMaker,
  ) {}

  /**
   * A new custom audience, made of the given one.
   *
   * @throws ProblemException 409 for a name that is taken or a seed that the platform does not have yet, 422 when it cannot
   */
  async create(seed: CustomAudienceRow, wanted: CreateLookalikeDto): Promise<CustomAudienceRow> {
    if (wanted.countries.length === 0 && wanted.locations === undefined) {
      const message = 'must have an entry unless locations is given';
      throw invalidRequest({ first: [{ field: 'countries', message }], total: 1 });
    }
    const manager = this.calls.manager(seed, 'createLookalike', 'createLookalike');
    const seedId = remoteIdOf(seed);
    const request = requestOf(wanted, this.creation.nameOf(wanted));
    return this.maker.make(valuesOf(seed, request), {
      factory: selfFilling((ctx) => manager.createLookalike!(seedId, request, ctx)),
      isAlwaysNew: true,
      conclude: (tx, made) => this.tellSeed(tx, seed, made),
    });
  }

  private async tellSeed(tx: Transaction, { id }: CustomAudienceRow, made: CustomAudienceRow): Promise<NewEvent[]> {
    const seed = await this.records.lock(tx, id);
    // Deleted meanwhile: the platform may keep its lookalike.
    if (!seed || made.audienceId === null) return [];
    const known = seed.lookalikeAudiences ?? [];
    if (!known.includes(made.audienceId)) {
      await this.records.write(tx, id, { lookalikeAudiences: [...known, made.audienceId] });
    }
    return [{ type: 'lookalikeCreated', audience: seed, data: { lookalike: made.id, name: made.name } }];
  }
}

function requestOf(wanted: CreateLookalikeDto, name: string): LookalikeRequest {
  const { description, countries, locations, reach, ratio, people } = wanted;
  return { name, description: description ?? undefined, countries, locations, reach, ratio, people };
}

function valuesOf(seed: CustomAudienceRow, { name, description }: LookalikeRequest): CustomAudienceValues {
  const { provider, tag, account, type, source, business, dataUploadMethod, tags } = seed;
  return {
    ...{ provider, tag, account, name, type, source, business, dataUploadMethod, tags },
    description: description ?? null,
    seed: seed.id,
  };
}
