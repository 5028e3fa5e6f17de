/** A word as a shell takes it for one. @example shellWord("it's") // "'it'\\''s'" */
export function shellWord(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
