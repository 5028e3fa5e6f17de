import type { Phase } from './plan.ts';

/** A plan put into migration files of the tool that owns the migrations. */
export interface WrittenPlan {
  /** False when files would have to be changed that are there already, and nobody has allowed it: nothing was written. */
  readonly isDone: boolean;
  readonly files: readonly WrittenFile[];
  /** Migrations that stay beside the files that take their place, and have to be removed by hand. */
  readonly superseded: readonly string[];
  /** What has to be known beside the files, one sentence each. */
  readonly notes: readonly string[];
  /** What to type next; null when there is nothing to do. */
  readonly nextCommand: string | null;
}

export interface WrittenFile {
  readonly path: string;
  readonly action: 'create' | 'replace';
  readonly text: string;
  /** What stood there; null when there was no such file. */
  readonly before: string | null;
  /** The step of the plan that the file holds; null for a file that only keeps the tool's own books. */
  readonly step: WrittenStep | null;
}

export interface WrittenStep {
  readonly migration: string;
  readonly id: string;
  readonly phase: Phase;
  /** What has to be deployed before the file is applied. */
  readonly deployBefore: readonly string[];
  /** What has to be deployed once the file is applied, when no other follows. */
  readonly deployAfter: readonly string[];
}
