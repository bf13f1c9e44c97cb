import type { IdentifierField } from '../../src/providers/contract/audience-provider.js';
import type { ProviderErrorCode } from '../../src/providers/contract/provider-errors.js';
import type { FaultMatch } from '../../src/sandbox/fault.js';
import type { SandboxOptions, SimulatorId } from '../../src/sandbox/sandbox.js';

/** What the shared provider test has to be told about a platform; everything else it finds out. */
export interface ContractFacts {
  readonly id: SimulatorId;
  /** Further variables of the tag, beside those that the simulator gives. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of the simulators, such as its own pace. */
  readonly sandbox?: SandboxOptions;
  /** The calls that carry users: one is one chunk. */
  readonly uploads: FaultMatch;
  /** The calls that look audiences up. */
  readonly lookups: FaultMatch;
  /** The credential as the simulator's environment gives it. */
  readonly credential: string;
  /** How the simulator can make the credential behave, and what that means. */
  readonly credentialStates: Readonly<Record<string, ProviderErrorCode>>;
  /** The fields of a user that the platform wants plain; any other value may only leave as a digest. */
  readonly plainFields: readonly IdentifierField[];
  /** A user without anything that this platform can match. */
  readonly unmatchable: object;
}
