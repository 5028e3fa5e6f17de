import type { ScoutedCase } from './cases/migration-case.ts';
import type { Scene } from './scene.ts';

/** What a cell promises; written down before it is run. */
export interface Expected {
  /** In a few words, for the table. */
  readonly words: string;
  /** What the runs that met the fault may end with: an exit code, or a signal where the fault is one. */
  readonly endings: readonly (number | 'SIGKILL' | 'SIGINT')[];
  /** What one of them has to say. */
  readonly says?: RegExp;
  /** Which failures of the application the fault itself brings; nothing else may fail. */
  readonly breaks?: (cause: string) => boolean;
  /** Whether what was told to be stored may be lost by the fault itself, as in a failover to a standby behind. */
  readonly losesWrites?: true;
}

/**
 * - `ci`: in a test of every build.
 * - `subset`: in `npm run faults -- --subset`, under ten minutes.
 * - `all`: in `npm run faults`.
 */
export type CellLevel = 'ci' | 'subset' | 'all';

/** One migration, one place, one fault. */
export interface Cell {
  readonly scouted: ScoutedCase;
  /** Where in the run it strikes: a failpoint, a message, or words. */
  readonly place: string;
  /** Which of the fault's forms it is; empty when there is only one. */
  readonly form: string;
  readonly expected: Expected;
  readonly level: CellLevel;
  /** A server of its own with these settings; missing: the one that most cells share. */
  readonly ownServer?: Readonly<Record<string, string>>;
  /** A sentence when this machine cannot run it. */
  readonly cannotRun?: () => string | null;
  /** Makes the fault while a run is under way, and sees the run to its end. */
  readonly act: (scene: Scene) => Promise<void>;
}

export interface Fault {
  /** A noun: `kill`, `server restart`. */
  readonly name: string;
  /** What happens, in one sentence, for the page. */
  readonly sentence: string;
  cells(cases: readonly ScoutedCase[], major: number): readonly Cell[];
}
