import type { Effects } from '../src/trace/effects.ts';
import type { StatementOutcome } from '../src/trace/statement-outcome.ts';

/**
 * What a server did when it ran one form. Every list is sorted; names are those from before the statement. A refusal in
 * a transaction undoes everything, so the lists are empty; outside of one, locks and what is left behind (an invalid
 * index) are recorded. Locks on indexes are there only for `any`.
 */
export interface MeasuredForm extends StatementOutcome, Effects {
  readonly id: string;
  readonly schema: string;
  readonly setup: string | null;
  readonly timeZone: string;
  readonly sql: string;
}

/** One file of `measured/`. */
export interface MeasuredFile {
  readonly server: 'postgresql';
  readonly major: number;
  /** `16.14` */
  readonly version: string;
  readonly forms: readonly MeasuredForm[];
}
