/** As reads carry it: `2026-09-04T13:38:42+00:00`. */
export function seconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}+00:00`;
}

/** As the answer to a creation carries it, with microseconds: `2026-09-04T13:38:42.697020+00:00`. */
export function microseconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 23)}020+00:00`;
}

/** As reads carry it, or null for what has not happened. */
export function secondsOrNull(at: number | undefined): string | null {
  return at === undefined ? null : seconds(at);
}
