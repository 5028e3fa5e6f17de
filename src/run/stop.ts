import type { Blocker, RunEventDetail } from '../model/run-event.ts';
import { addressOf, close, end } from './answer.ts';
import { type Failure, failureHint } from './failure.ts';
import type { Answer, RunContext, RunState, Work } from './state.ts';

type Base = Pick<RunState, 'position' | 'exposure' | 'stopping'>;

/** Not finished, nothing half-done that the next run does not finish. `reason` is a whole sentence. */
export function stopped(
  context: RunContext,
  base: Base,
  reason: string,
  events: readonly RunEventDetail[] = [],
): Answer {
  const { migration, step } = addressOf(context, base);
  const where = step === '-' ? '' : ` before step ${step} of ${migration} was done`;
  const summary = `Stopped${where}. ${reason} The next run goes on from here.`;
  return close(context, base, { outcome: 'stopped', summary, nextCommand: context.commandLine, failure: null }, events);
}

/** A person has to mend something. `message` is what the server said, or what we found. */
export function failed(
  context: RunContext,
  base: Base,
  what: { readonly sqlstate: string | null; readonly message: string; readonly hint: string },
): Answer {
  const { migration, step } = addressOf(context, base);
  const { sqlstate, message, hint } = what;
  const subject = step === '-' ? migration : `Step ${step} of ${migration}`;
  const summary = `${subject} failed: ${message}${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
  const failure = { sqlstate, message };
  return close(context, base, { outcome: 'failed', summary, nextCommand: context.commandLine, failure }, [
    { type: 'step:failed', migration, step, sqlstate, message, hint },
  ]);
}

/** A failure of the server that must not be retried. */
export function failedBy(context: RunContext, base: Base, failure: Failure): Answer {
  const detail = failure.detail === null ? '' : ` ${failure.detail}`;
  return failed(context, base, {
    sqlstate: failure.sqlstate,
    message: `${failure.message}${detail === '' ? '' : `.${detail}`}`,
    hint: failureHint(failure.sqlstate),
  });
}

/** The session is gone, so the ledger cannot be written; it already tells the next run where to go on. */
export function connectionLost(context: RunContext, state: Base, message: string): Answer {
  const summary = `Stopped. ${message} The next run goes on from here.`;
  return end(context, state, { outcome: 'stopped', summary, nextCommand: context.commandLine, failure: null });
}

/** Another runner took over: nothing may be written any more. */
export function fencedOut(context: RunContext, state: Base): Answer {
  const summary = 'Stopped. Another runner took over this database while this one was not heard of.';
  return end(context, state, { outcome: 'stopped', summary, nextCommand: context.commandLine, failure: null });
}

/** Waited long enough for a lock. */
export function gaveUpWaiting(context: RunContext, work: Work, blockers: readonly Blocker[], waitedMs: number): Answer {
  const [first] = blockers;
  const waited = `It waited ${seconds(waitedMs)} for a lock`;
  const reason =
    first === undefined
      ? `${waited}; every attempt found the table busy.`
      : `${waited}: ${describeBlocker(first)}${blockers.length > 1 ? ` (and ${blockers.length - 1} more)` : ''}.`;
  return stopped(context, work, reason);
}

/**
 * One holder in words.
 *
 * @example describeBlocker(blocker) // 'pid 4711 (psql, user ann, idle in transaction) has held ACCESS SHARE on public.orders for 12 s'
 */
export function describeBlocker(blocker: Blocker): string {
  const about = [blocker.applicationName, blocker.user === null ? null : `user ${blocker.user}`, blocker.state];
  const known = about.filter((part) => part !== null && part !== '');
  const who = blocker.pid === null ? 'a prepared transaction' : `pid ${blocker.pid}`;
  const details = known.length === 0 ? '' : ` (${known.join(', ')})`;
  const age = blocker.ageMs === null ? 'for a time that this role cannot see' : `for ${seconds(blocker.ageMs)}`;
  if (blocker.mode === null) return `${who}${details} has seen the database as it was before the build ${age}`;
  return `${who}${details} has held ${blocker.mode} on ${blocker.relation} ${age}`;
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
