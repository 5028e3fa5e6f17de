/** How the files of a folder are numbered. */
type Numbering = 'date-time' | 'number';

interface NumberedName {
  readonly before: string;
  readonly number: string;
  /** What stands between the number and the words, such as `_` or `__`. */
  readonly separator: string;
  readonly words: string;
}

/** Behind a letter at most (`V2__name`); what goes on with digits is a date or a version of several parts. */
const NUMBERED = /^([^\d]?)(\d+)(?:(_+|-)(?!\d)(.*))?$/;

/**
 * Names for the files that follow a migration, so that they sort behind it, each with the words of its step: the number
 * or the time in front goes up by one. A name without a number gets one at its end.
 *
 * @param name of the migration, without ending
 * @param taken names of the other migrations in the folder, without endings
 * @returns null when another migration stands where they would have to.
 * @example followingNames('0002_total', ['copy_total'], []) // ['0003_total_copy_total']
 */
export function followingNames(
  name: string,
  words: readonly string[],
  taken: readonly string[],
): readonly string[] | null {
  const parts = numberedName(name);
  if (parts === null) return afterWords(name, words, taken);
  const numbers = words.map((_, index) => later(parts.number, index + 1));
  const [last] = numbers.slice(-1);
  const own = BigInt(parts.number);
  const isBetween = (other: string): boolean => {
    const number = numberedName(other)?.number;
    return number !== undefined && last !== undefined && BigInt(number) > own && BigInt(number) <= BigInt(last);
  };
  if (taken.some(isBetween)) return null;
  return words.map((word, index) => {
    return `${parts.before}${numbers[index]}${parts.separator}${joined(parts.words, word, parts.separator)}`;
  });
}

/** The number that a name begins with, as it is written; null when it begins with none. */
export function leadingNumber(name: string): string | null {
  return numberedName(name)?.number ?? null;
}

function numberedName(name: string): NumberedName | null {
  const [, before = '', number, separator = '', words = ''] = NUMBERED.exec(name) ?? [];
  return number === undefined ? null : { before, number, separator: separator === '' ? '_' : separator, words };
}

function afterWords(name: string, words: readonly string[], taken: readonly string[]): readonly string[] | null {
  if (taken.some((other) => other.startsWith(`${name}_`))) return null;
  const width = String(words.length + 1).length;
  return words.map((word, index) => `${name}_${String(index + 2).padStart(width, '0')}_${word}`);
}

function joined(words: string, more: string, separator: string): string {
  return words === '' ? more : `${words}${separator === '-' ? '-' : '_'}${more}`;
}

function later(number: string, steps: number): string {
  if (numberingOf(number) === 'date-time') return laterTime(number, steps);
  return String(BigInt(number) + BigInt(steps)).padStart(number.length, '0');
}

function numberingOf(number: string): Numbering {
  return number.length === 14 && !Number.isNaN(timeOf(number)) ? 'date-time' : 'number';
}

/** `20240131235959` is followed by `20240201000000`. */
function laterTime(number: string, seconds: number): string {
  return new Date(timeOf(number) + seconds * 1_000).toISOString().replaceAll(/\D/g, '').slice(0, 14);
}

function timeOf(number: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(number) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
