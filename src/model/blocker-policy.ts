/** What a session in the way is: what it is doing decides whether it may be ended at all, and how. */
export type BlockerClass = EndableClass | (typeof PROTECTED_CLASSES)[number];

/** Ended only where a policy says so. */
export const ENDABLE_CLASSES = ['active-query', 'idle-in-transaction', 'open-cursor', 'autovacuum'] as const;
export type EndableClass = (typeof ENDABLE_CLASSES)[number];

/**
 * Never ended, whatever a policy says: who writes would lose its work, a backup or another migration would fail half
 * way, and what guards against wraparound has to finish.
 */
export const PROTECTED_CLASSES = [
  'active-writer',
  'prepared-transaction',
  'wraparound-vacuum',
  'backup',
  'replication',
  'migration-tool',
] as const;

/**
 * What may be done about sessions that stand in the way; without one they are waited for.
 *
 * - `ask`: the run stops resumably, and says how to end the session.
 * - `cancel`: the statement is cancelled (an autovacuum works for a moment longer, and comes back by itself).
 * - `terminate`: the session is ended; an active one is cancelled first, and ended when that has not helped.
 */
export interface BlockerPolicy {
  readonly class: EndableClass;
  readonly action: 'ask' | 'cancel' | 'terminate';
  /** Its transaction has to be older than this, ms. */
  readonly afterMs: number;
  /** Patterns with `*` for any characters; missing: everybody. */
  readonly role?: string;
  readonly applicationName?: string;
  /** Regular expression on the statement as it is shown: without its literals. */
  readonly query?: string;
}

export interface BlockerPolicies {
  readonly policies: readonly BlockerPolicy[];
  /** So many signals a run may send in all. */
  readonly atMost: number;
}

/** Nobody is ended. */
export const NO_BLOCKER_POLICIES: BlockerPolicies = { policies: [], atMost: 0 };
