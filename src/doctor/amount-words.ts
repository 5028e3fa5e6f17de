/** @example ageWords(125_000) // '2 min' */
export function ageWords(ageMs: number): string {
  if (ageMs < 1_000) return `${Math.round(ageMs)} ms`;
  if (ageMs < 60_000) return `${Math.round(ageMs / 1_000)} s`;
  if (ageMs < 3_600_000) return `${Math.round(ageMs / 60_000)} min`;
  return ageMs < 172_800_000 ? `${Math.round(ageMs / 3_600_000)} h` : `${Math.round(ageMs / 86_400_000)} days`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** @example bytesWords(5_242_880) // '5 MB' */
export function bytesWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? Number(value.toFixed(1)) : Math.round(value)} ${UNITS[unit]}`;
}

/** The first few of a list, and how many more there are. */
export function someOf(words: readonly string[], shown = 4): string {
  const rest = words.length - shown;
  return rest > 0 ? `${words.slice(0, shown).join(', ')} and ${rest} more` : words.join(', ');
}

/** @example countWords(2, 'index') // '2 indexes' */
export function countWords(count: number, noun: string): string {
  const plural = /[xs]$/.test(noun) ? `${noun}es` : `${noun}s`;
  return `${count} ${count === 1 ? noun : plural}`;
}
