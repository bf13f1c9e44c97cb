/** Pure: the least UUID of version 7 that could be made at this time (ms) or later: its first 48 bits are when it was made. */
export function firstIdOf(time: number): string {
  const hex = Math.floor(time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
