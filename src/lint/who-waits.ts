import type { RelationLock } from '../model/facts.ts';
import { blocksReads, blocksWrites } from '../model/lock-mode.ts';

/** Who waits behind locks of the given modes, in plain words. */
export function whoWaits(locks: readonly RelationLock[]): string {
  const closed = locks.filter((lock) => blocksReads(lock.mode)).map((lock) => lock.relation);
  const readOnly = locks
    .filter((lock) => !blocksReads(lock.mode) && blocksWrites(lock.mode))
    .map((lock) => lock.relation);
  const parts: string[] = [];
  if (closed.length > 0) parts.push(`every read and write of ${list(closed)} waits`);
  if (readOnly.length > 0) parts.push(`every write to ${list(readOnly)} waits (reads go on)`);
  return parts.join(', and ');
}

export function list(names: readonly string[]): string {
  const unique = [...new Set(names)];
  if (unique.length > 4) return `${unique.slice(0, 3).join(', ')} and ${unique.length - 3} more`;
  return unique.length < 2 ? (unique[0] ?? '') : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`;
}

/** The first letter in upper case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
