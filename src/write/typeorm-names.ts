/**
 * Names for the classes that follow a migration of TypeORM, each with the words of its step: the time at their end goes
 * up by a millisecond.
 *
 * @param name of the migration, with 13 digits at its end.
 * @param taken names of the other migrations.
 * @returns null when another migration stands where they would have to.
 * @example followingClassNames('AddTotal1700000000000', ['copy_total'], []) // ['AddTotalCopyTotal1700000000001']
 */
export function followingClassNames(
  name: string,
  words: readonly string[],
  taken: readonly string[],
): readonly string[] | null {
  const own = timeOf(name);
  const isBetween = (other: string): boolean => timeOf(other) > own && timeOf(other) <= own + words.length;
  if (taken.some(isBetween)) return null;
  return words.map((word, index) => `${wordsOf(name)}${pascalCase(word)}${own + index + 1}`);
}

/** The file of a class as TypeORM names it, without its ending: `1700000000000-AddTotal`. */
export function classFileName(name: string): string {
  return `${name.slice(-13)}-${wordsOf(name)}`;
}

/** Milliseconds since 1970. */
export function timeOf(name: string): number {
  return Number(name.slice(-13));
}

/** A class of that name, where the name is one that a class can have. */
export function classIdentifier(name: string): string {
  return `${wordsOf(name)}${name.slice(-13)}`;
}

/** A name that the property `name` gives may be anything. */
function wordsOf(name: string): string {
  const words = name.slice(0, -13);
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(words) ? words : `Migration${pascalCase(words)}`;
}

function pascalCase(words: string): string {
  return words
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
