/** How many mistakes one answer shows; the rest is counted. */
export const MISTAKES_SHOWN = 20;

export interface FieldMistake {
  /** Dotted path, such as `batch.sequence` or `users[3].email`. */
  readonly field: string;
  readonly message: string;
}

export interface Mistakes {
  /** At most {@link MISTAKES_SHOWN}. */
  readonly first: readonly FieldMistake[];
  readonly total: number;
}

export function joinMistakes(groups: readonly Mistakes[]): Mistakes {
  return {
    first: groups.flatMap((group) => group.first).slice(0, MISTAKES_SHOWN),
    total: groups.reduce((sum, group) => sum + group.total, 0),
  };
}

/** One mistake of one field. */
export function oneMistake(field: string, message: string): Mistakes {
  return { first: [{ field, message }], total: 1 };
}

/** The same mistakes seen from the value that holds theirs. */
export function within(parent: string, { first, total }: Mistakes): Mistakes {
  return { first: first.map((mistake) => ({ ...mistake, field: parent + mistake.field })), total };
}
