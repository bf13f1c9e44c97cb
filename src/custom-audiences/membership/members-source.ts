import type { MemberAudience, MemberSlice } from '../../membership/membership.service.js';

/** The users that the service keeps of a custom audience. */
export abstract class MembersSource {
  /** Whether any are kept (`MEMBERS`). */
  abstract readonly isOn: boolean;
  /** All of them, in slices of at most 10,000; empty where none are kept. */
  abstract slices(audience: MemberAudience): AsyncIterable<MemberSlice>;
}
