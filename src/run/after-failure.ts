import { alarmSentence } from './alarm-transitions.ts';
import { classifyFailure, type Failure } from './failure.ts';
import type { Answer, RunContext, Work } from './state.ts';
import { failedBy, fencedOut, stopped } from './stop.ts';

/** What every failure of a step's SQL comes to, but for lock failures, which `retry` answers. */
export function afterFailure(context: RunContext, work: Work, failure: Failure, retry: () => Answer): Answer {
  switch (classifyFailure(failure)) {
    case 'lock':
      return work.stopping ? stopped(context, work, 'It was asked to stop.') : retry();
    case 'stop':
      return stopped(context, work, 'It was asked to stop.');
    case 'deadline':
      return stopped(context, work, failure.message);
    case 'alarm':
      return stopped(context, work, alarmReason(failure));
    case 'supervisor':
      return stopped(context, work, supervisorReason(failure));
    case 'timeout':
      return stopped(context, work, `The statement was cancelled after ${failure.elapsedMs} ms: ${failure.message}.`);
    case 'resources':
      return stopped(context, work, `The server has run out of something: ${failure.message}.`);
    case 'read-only':
      return stopped(context, work, `The server takes no writes any more: ${failure.message}.`);
    case 'fenced':
      return fencedOut(context, work);
    case 'fault':
      return failedBy(context, work, failure);
  }
}

function alarmReason({ alarm, message }: Failure): string {
  return alarm === null ? message : alarmSentence(alarm);
}

function supervisorReason(failure: Failure): string {
  const { waiters, elapsedMs } = failure;
  const others = waiters === 1 ? 'another session' : `${waiters} other sessions`;
  return `The statement itself is slow: it kept ${others} waiting and was cancelled after ${elapsedMs} ms, so nothing of it is there.`;
}
