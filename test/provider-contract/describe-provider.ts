import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { AUDIENCE_PROVIDERS, type AudienceProvider } from '../../src/providers/contract/audience-provider.js';
import { startService, type TestService } from '../support/service.js';
import { type TestAnswer, upload, batchOf } from '../support/upload.js';
import type { ContractFacts } from './contract-facts.js';
import { describeDelivering } from './delivering.js';
import { describeExplaining } from './explaining.js';
import { describeFailing } from './failing.js';
import { describeManaging } from './managing.js';
import { describePreparing } from './preparing.js';
import { describePreparingAnything } from './preparing-anything.js';
import { describePrivacy } from './privacy.js';

/** What the parts of the shared test work with. */
export interface ContractBench {
  readonly facts: ContractFacts;
  service(): TestService;
  /** The provider as the service has it. */
  provider(): AudienceProvider;
  simulator(): TestService['sandbox'][ContractFacts['id']];
  /** Uploads one batch to an audience of its own (or the given one) and waits for the outcome. */
  send(users: readonly object[], name?: string): Promise<TestAnswer & { readonly name: string }>;
  /** The audience on the platform. */
  audience(name: string): AudienceCounts | undefined;
}

export interface AudienceCounts {
  readonly memberCount: number;
  readonly rowsReceived: number;
}

/**
 * The promises that every provider keeps, shown on the engine, a real database and the platform's simulator. Run by each
 * platform's `<id>.contract.spec.ts`; nothing here knows a platform.
 */
export function describeProvider(facts: ContractFacts): void {
  describe(`the ${facts.id} provider keeps the contract`, () => {
    let service: TestService;
    let audiences = 0;

    beforeAll(async () => {
      service = await startService(facts.env, facts.sandbox, [facts.id]);
    });
    afterAll(() => service.stop());
    afterEach(() => service.sandbox[facts.id].clearFaults());

    const bench: ContractBench = {
      facts,
      service: () => service,
      provider: () =>
        service.app.get<readonly AudienceProvider[]>(AUDIENCE_PROVIDERS).find(({ id }) => id === facts.id)!,
      simulator: () => service.sandbox[facts.id],
      send: async (users, name = `Contract ${(audiences += 1)}`) => {
        const batch = batchOf({ totalUsers: users.length });
        return { ...(await upload(service.origin, { name, batch, users, query: 'sync=true' })), name };
      },
      audience: (name) => service.sandbox[facts.id].audiences().find((one) => one.name === `blotout_${name}`),
    };

    describePreparing(bench);
    describeExplaining(bench);
    describePreparingAnything(bench);
    describeDelivering(bench);
    describeFailing(bench);
    describeManaging(bench);
    describePrivacy(bench);
  });
}
