/** How many people the members store holds. Without a provider of this there is no store, and nobody can tell. */
export abstract class MemberCounts {
  /** By `custom_audiences.number`; audiences without members may be left out. */
  abstract of(numbers: readonly number[]): Promise<ReadonlyMap<number, number>>;
}
