import type { CheckStatus } from '../model/doctor-report.ts';
import type { Subject } from './subject.ts';

/** A question to a server. `ask` may throw a DatabaseError: then the answer is that it could not be measured. */
export interface Check {
  readonly id: string;
  readonly why: string;
  readonly ask: (subject: Subject) => Promise<Finding>;
}

export interface Finding {
  readonly status: CheckStatus;
  readonly measured: string;
  readonly nextCommand: string | null;
}

export function fine(measured: string): Finding {
  return { status: 'ok', measured, nextCommand: null };
}

export function warn(measured: string, nextCommand: string): Finding {
  return { status: 'warn', measured, nextCommand };
}

export function fail(measured: string, nextCommand: string): Finding {
  return { status: 'fail', measured, nextCommand };
}

export function unknown(measured: string, nextCommand: string | null): Finding {
  return { status: 'unknown', measured, nextCommand };
}
