/**
 * PostgreSQL's eight table lock modes, weakest first, in the words of the manual (section 13.3.1).
 * Facts about MySQL keep their own vocabulary in a file of their own; they never reuse these words.
 */
export const LOCK_MODES = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

/** Which granted modes make a request wait (manual, table 13.2; symmetric). */
const CONFLICTS: Readonly<Record<LockMode, readonly LockMode[]>> = {
  'ACCESS SHARE': ['ACCESS EXCLUSIVE'],
  'ROW SHARE': ['EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'ROW EXCLUSIVE': ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE UPDATE EXCLUSIVE': ['SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  SHARE: ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE ROW EXCLUSIVE': [
    'ROW EXCLUSIVE',
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ],
  EXCLUSIVE: [
    'ROW SHARE',
    'ROW EXCLUSIVE',
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ],
  'ACCESS EXCLUSIVE': LOCK_MODES,
};

/**
 * The modes that a request for `wanted` has to wait for while another session holds them.
 *
 * @example conflictingModes('SHARE').includes('ROW EXCLUSIVE') // true: CREATE INDEX waits for writers
 */
export function conflictingModes(wanted: LockMode): readonly LockMode[] {
  return CONFLICTS[wanted];
}

/** Positive when `a` is the stronger mode, negative when `b` is, 0 when they are the same. */
export function compareLockModes(a: LockMode, b: LockMode): number {
  return LOCK_MODES.indexOf(a) - LOCK_MODES.indexOf(b);
}

/** The stronger of two modes. */
export function strongerLockMode(a: LockMode, b: LockMode): LockMode {
  return compareLockModes(a, b) >= 0 ? a : b;
}

/** Whether a holder of `mode` keeps a plain SELECT waiting. */
export function blocksReads(mode: LockMode): boolean {
  return CONFLICTS[mode].includes('ACCESS SHARE');
}

/** Whether a holder of `mode` keeps INSERT, UPDATE and DELETE waiting. */
export function blocksWrites(mode: LockMode): boolean {
  return CONFLICTS[mode].includes('ROW EXCLUSIVE');
}
