import type { CustomAudienceRow, NewWarning, Reading } from './reading.js';

/** Platforms take days to show a removal, and show it in steps. */
export const SHRINK_WINDOW_DAYS = 7;
export const CREDENTIALS_END_SOON = 'credentials-end-soon';
const CANNOT_READ = 'cannot-read';
const USES_UNKNOWN = 'uses-unknown';
/** Sizes are rounded and move a little by themselves. */
const SHRUNK_BELOW = 0.9;

type StoredWarnings = CustomAudienceRow['warnings'];

/** Pure: the warnings after a reading. One that stays keeps the time since when it stands. */
export function warningsAfter(record: CustomAudienceRow, reading: Reading): StoredWarnings {
  const kept = record.warnings.filter(
    ({ code }) => code === CREDENTIALS_END_SOON || (code === USES_UNKNOWN && reading.uses === undefined),
  );
  return withSince(record.warnings, [...found(record, reading), ...kept], reading.now);
}

/** Pure: the warnings after the platform could not be asked. What it said before still stands. */
export function warningsAfterFailure({ warnings }: CustomAudienceRow, message: string, now: Date): StoredWarnings {
  const others = warnings.filter(({ code }) => code !== CANNOT_READ);
  return withSince(warnings, [...others, { code: CANNOT_READ, message }], now);
}

function found(record: CustomAudienceRow, { snapshot, uses, sizeToKeep }: Reading): NewWarning[] {
  if (!snapshot) return [{ code: 'missing-on-platform', message: missingOn(record) }];
  const { name, size, warnings } = snapshot;
  const all = [...warnings];
  if (size !== null && sizeToKeep !== null && size.value < sizeToKeep * SHRUNK_BELOW) {
    const message = `The size went from ${sizeToKeep} to ${size.value} within ${SHRINK_WINDOW_DAYS} days, and nobody was taken out from here`;
    all.push({ code: 'size-shrank', message });
  }
  if (name !== null && name !== record.name) {
    all.push({
      code: 'renamed-on-platform',
      message: `The platform has it as "${name}": uploads look for its old name`,
    });
  }
  if (uses && 'unknown' in uses) {
    all.push({ code: USES_UNKNOWN, message: `Where the audience is used could not be read: ${uses.unknown}` });
  }
  return all;
}

/** In one sentence, also the reason of the status. */
export function missingOn({ audienceId }: Pick<CustomAudienceRow, 'audienceId'>): string {
  return `The platform does not have the audience ${audienceId ?? ''} any more: the next upload makes a new one`;
}

function withSince(before: StoredWarnings, now: readonly NewWarning[], time: Date): StoredWarnings {
  const since = new Map(before.map((warning) => [warning.code, warning.since]));
  const byCode = new Map(now.map(({ code, message }) => [code, { code, message }]));
  return [...byCode.values()].map((warning) => ({ ...warning, since: since.get(warning.code) ?? time.toISOString() }));
}
