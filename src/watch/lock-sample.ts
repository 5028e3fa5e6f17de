import type { LockMode } from '../model/lock-mode.ts';
import type { LockedThing, WaitingPid, WaitingSession } from '../model/wait-forest.ts';

/** The lock tables of a server at one moment, as far as anybody waits. */
export interface LockSample {
  readonly locks: readonly SampledLock[];
  readonly sessions: readonly SampledSession[];
}

/** A lock that is held or waited for. */
export interface SampledLock {
  /** The same for all locks of the same thing. */
  readonly tag: string;
  readonly thing: LockedThing;
  /** The thing in words: `public.orders`, `a row of public.orders`. */
  readonly on: string;
  readonly mode: LockMode;
  readonly granted: boolean;
  /** Whose it is: the id of a session of the sample. */
  readonly session: string;
  /** How long it is waited for, ms; 0 when it is held. */
  readonly waitedMs: number;
}

/** A session or a prepared transaction; the workers of a parallel query are sessions that have a leader. */
export interface SampledSession extends WaitingSession {
  readonly id: string;
  readonly pid: WaitingPid;
  /** The id of the session that it works for: the two never wait for each other. */
  readonly leader: string | null;
  readonly isRun: boolean;
}
