import type { INestApplication } from '@nestjs/common';
import type {
  AudienceChange,
  AudienceManager,
  AudienceSupport,
  LookalikeRequest,
  RuleAudienceRequest,
  ShareRequest,
} from '../../src/providers/contract/audience-manager.js';
import type { RemoteAudience } from '../../src/providers/contract/audience-provider.js';
import type { ProviderError } from '../../src/providers/contract/provider-errors.js';
import { ProviderCatalogue } from '../../src/providers/provider-catalogue.service.js';

let madeSoFar = 0;

/** A platform's audiences in memory: what was asked of it can be seen, and what it says can be set. */
export class MadeUpManager implements AudienceManager {
  readonly calls: { readonly method: string; readonly about: unknown }[] = [];
  /** By name, as a platform that looks names up before it makes one. */
  readonly made = new Map<string, string>();
  /** Thrown by the next call, before it does anything or after it did all. */
  failure?: { readonly error: ProviderError; readonly after?: boolean };

  read(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  update(id: string, change: AudienceChange): Promise<void> {
    return this.call('update', { id, change }, () => undefined);
  }

  delete(id: string): Promise<void> {
    return this.call('delete', id, () => undefined);
  }

  share(id: string, request: ShareRequest) {
    return this.call('share', { id, request }, () =>
      request.accounts.map((account) =>
        account === '13'
          ? { account, state: 'refused' as const, message: 'no' }
          : { account, state: 'shared' as const },
      ),
    );
  }

  createLookalike(seed: string, request: LookalikeRequest): Promise<RemoteAudience> {
    return this.call('createLookalike', { seed, request }, () => this.make(request.name));
  }

  createFromRules(request: RuleAudienceRequest): Promise<RemoteAudience> {
    return this.call('createFromRules', request, () => this.make(request.name));
  }

  private make(name: string): RemoteAudience {
    const id = this.made.get(name) ?? `made-${(madeSoFar += 1)}`;
    this.made.set(name, id);
    return { id };
  }

  private call<T>(method: string, about: unknown, work: () => T): Promise<T> {
    const { failure } = this;
    this.failure = undefined;
    this.calls.push({ method, about });
    if (failure && !failure.after) return Promise.reject(failure.error);
    const answer = work();
    return failure ? Promise.reject(failure.error) : Promise.resolve(answer);
  }
}

export const MADE_UP_SUPPORT: AudienceSupport = {
  lacks: { report: 'It has no reports; read the sizes instead' },
  types: ['customer-list', 'website-traffic', 'engagement'],
  engagementTypes: ['video'],
  changes: ['name', 'retentionDays'],
  retentionDays: { min: 1, max: 90 },
  minimumSize: 20,
  tells: ['size'],
  polling: [{ everyMinutes: 60 }],
  readsPerMinute: 60,
};

/** Gives a provider of a running service a manager that the test steers; its clients stay as they are. */
export function steer(
  app: INestApplication,
  provider: string,
  support: AudienceSupport = MADE_UP_SUPPORT,
): MadeUpManager {
  const manager = new MadeUpManager();
  const found = app.get(ProviderCatalogue).provider(provider);
  Object.assign(found, { audiences: support, manager: () => manager });
  return manager;
}
