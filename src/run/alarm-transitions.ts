import type { Alarm } from '../model/alarm.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import { addressOf, answer, workOf } from './answer.ts';
import type { Answer, Resume, RunContext, Work } from './state.ts';
import { stopped } from './stop.ts';

/**
 * A sign of the server got worse while a statement of ours lasted: it was taken back. Wait until the sign is good again,
 * then go on with `resume`; when it stays bad, stop.
 */
export function backOffForAlarm<W extends Work>(
  context: RunContext,
  work: W,
  at: number,
  alarm: Alarm,
  resumeWith: (work: W) => Resume,
): Answer {
  if (work.stopping) return stopped(context, work, 'It was asked to stop.');
  const waitingSince = work.waitingSince ?? at;
  const { limits } = context;
  if (at - waitingSince >= limits.maxLockWaitMs) return stopped(context, work, alarmSentence(alarm));
  const { migration, step } = addressOf(context, work);
  const waiting: W = { ...work, waitingSince };
  const events: RunEventDetail[] = [{ type: 'alarm:raised', migration, step, ...alarm }];
  const command = { kind: 'wait-for-calm', ms: limits.calmWaitMs } as const;
  return answer(context, { kind: 'backing-off', ...workOf(waiting), resume: resumeWith(waiting) }, command, events);
}

/** A whole sentence for the end of a run. */
export function alarmSentence({ sign, value, limit }: Alarm): string {
  return `${SIGNS[sign]} stayed too bad to go on (${Math.round(value * 100) / 100}, and ${Math.round(limit * 100) / 100} is the limit).`;
}

const SIGNS: Readonly<Record<Alarm['sign'], string>> = {
  'replication-lag': 'The lag of a standby in ms',
  'replication-distance': 'The lag of a standby in bytes',
  deadlocks: 'The number of deadlocks a minute',
  rollbacks: 'The share of transactions that are rolled back',
  unseen: 'The time in ms without sight of the server',
};
