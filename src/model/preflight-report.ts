import type { DoctorCheck } from './doctor-report.ts';
import type { Phase, Step } from './plan.ts';
import type { Blocker } from './run-event.ts';

/**
 * - `clear`: nothing is in the way right now
 * - `wait`: somebody is in the way who goes by himself, or can be asked to
 * - `refused`: a run would refuse it, or should; a person has to mend something first
 */
export type PreflightVerdict = 'clear' | 'wait' | 'refused';

/** What speaks against a step, or, where its verdict is `clear`, what is worth knowing of it. */
export interface PreflightReason {
  readonly verdict: PreflightVerdict;
  readonly sentence: string;
  /** Who is in the way; null when nobody is. */
  readonly blocker: Blocker | null;
  readonly nextCommand: string | null;
}

export interface PreflightStep {
  readonly migration: string;
  readonly path: string;
  readonly step: string;
  readonly kind: Step['kind'];
  readonly phase: Phase;
  readonly verdict: PreflightVerdict;
  readonly reasons: readonly PreflightReason[];
}

/** Whether a run could begin now, and what it would meet until its next gate. */
export interface PreflightReport {
  readonly kind: 'preflight';
  readonly version: 1;
  /** Host, port and database name; never a password. */
  readonly database: string;
  readonly verdict: PreflightVerdict;
  /** What speaks against any run. */
  readonly reasons: readonly PreflightReason[];
  /** Checks of the doctor that failed. */
  readonly checks: readonly DoctorCheck[];
  /** Until the next gate, in order; those that are done are left out. */
  readonly steps: readonly PreflightStep[];
  /** The gate that the steps end at; null when nothing stands behind them. */
  readonly gate: { readonly migration: string; readonly step: string; readonly deploy: string } | null;
  readonly nextCommand: string | null;
}
