import type {
  AudienceFacts,
  AudienceManager,
  AudienceSnapshot,
  AudienceSupport,
  AudienceUses,
} from '../../src/providers/contract/audience-manager.js';
import {
  AudienceProvider,
  type Prepared,
  type ProviderClient,
} from '../../src/providers/contract/audience-provider.js';

/** What an audience that works looks like, unless a test says otherwise. */
export const SNAPSHOT: AudienceSnapshot = {
  name: 'blotout_made',
  description: null,
  status: 'ready',
  statusReason: null,
  warnings: [],
  size: { value: 1000, isEstimate: false },
  matchedUsers: null,
  matchingRate: null,
  retentionDays: null,
  lookalikeAudiences: null,
  changedAt: null,
};

type Answer<T> = (id: string, signal: AbortSignal) => Promise<T>;

/** A platform that says of its audiences what a test tells it to say. */
export class MadeUpPlatform extends AudienceProvider {
  readonly id = 'acme';
  readonly limits = { rowsPerChunk: 10, callsPerMinute: 60, concurrency: 1 };
  readonly actions = [];
  override readonly audiences: AudienceSupport = {
    lacks: {},
    types: ['customer-list'],
    changes: [],
    minimumSize: 100,
    tells: ['size', 'campaigns'],
    polling: [{ everyMinutes: 10, untilMinutes: 60 }, { everyMinutes: 240 }],
    readsPerMinute: 6_000,
  };
  /** Every reading, in order. */
  readonly reads: { id: string; tag: string; facts: AudienceFacts }[] = [];
  usesAsked = 0;
  credentialsAsked = 0;

  onRead: Answer<AudienceSnapshot | undefined> = () => Promise.resolve(SNAPSHOT);
  onUses: Answer<AudienceUses> = () => Promise.resolve({ campaigns: [], ads: null, exclusions: null });
  credentialsEnd: Date | null = null;

  constructor(private readonly names: readonly string[] = ['default']) {
    super();
  }

  tags(): readonly string[] {
    return this.names;
  }

  account(tag: string): string {
    return `account-${tag}`;
  }

  override manager(tag: string): AudienceManager {
    return {
      read: (id, facts, { signal }) => {
        this.reads.push({ id, tag, facts });
        return this.onRead(id, signal);
      },
      uses: (id, { signal }) => {
        this.usesAsked += 1;
        return this.onUses(id, signal);
      },
      delete: () => Promise.resolve(),
      credentialsEnd: () => {
        this.credentialsAsked += 1;
        return Promise.resolve(this.credentialsEnd);
      },
    };
  }

  /** What is to be said of every audience from now on. */
  says(change: Partial<AudienceSnapshot> | undefined): void {
    this.onRead = () => Promise.resolve(change && { ...SNAPSHOT, ...change });
  }

  fails(error: Error): void {
    this.onRead = () => Promise.reject(error);
  }

  prepare(): Prepared<unknown> {
    return { rows: [], rejections: [] };
  }

  identifiers(): [] {
    return [];
  }

  client(): ProviderClient {
    throw new Error('The made-up platform takes no users');
  }
}
