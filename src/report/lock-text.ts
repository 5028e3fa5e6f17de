import type { RelationLock, StatementFacts } from '../model/facts.ts';
import { blocksReads, blocksWrites, type LockMode } from '../model/lock-mode.ts';

/** Whether anybody's plain SELECT, or INSERT, UPDATE and DELETE, waits for the locks. */
export function blockedBy(locks: readonly RelationLock[]): { readonly reads: boolean; readonly writes: boolean } {
  return {
    reads: locks.some(({ mode }) => blocksReads(mode)),
    writes: locks.some(({ mode }) => blocksWrites(mode)),
  };
}

/** @example lockText({ relation: 'public.orders', mode: 'SHARE' }) // 'SHARE on public.orders (writes wait)' */
export function lockText(lock: RelationLock): string {
  return `${lock.mode} on ${lock.relation} (${whoWaits(lock.mode)})`;
}

function whoWaits(mode: LockMode): string {
  if (blocksReads(mode)) return 'reads and writes wait';
  return blocksWrites(mode) ? 'writes wait' : 'reads and writes go on';
}

/** What a statement does beside taking locks, one phrase each: rewrites, full scans, index builds. */
export function workTexts(facts: Pick<StatementFacts, 'rewrites' | 'scans' | 'indexBuilds'>): readonly string[] {
  return [
    ...facts.rewrites.map((relation) => `rewrites ${relation}`),
    ...facts.scans.map((relation) => `reads all of ${relation}`),
    ...facts.indexBuilds.map((index) => `builds index ${index}`),
  ];
}
