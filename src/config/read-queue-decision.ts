import type { QueueDecision } from '../model/queue-decision.ts';
import { configProblem } from './config-problem.ts';
import { isRecord } from './read-rule-settings.ts';

/**
 * How many sessions may wait behind a strike, checked. A number alone says nothing to whoever reads it in a year.
 *
 * @throws UsageError that names file, key and what was expected.
 */
export function readQueueDecision(value: unknown, file: string): QueueDecision {
  if (!isRecord(value)) {
    throw configProblem(file, 'queue', 'has to be an object with maxQueued, a number, and reason, a text');
  }
  for (const key of Object.keys(value)) {
    if (key !== 'maxQueued' && key !== 'reason') {
      throw configProblem(file, `queue.${key}`, 'is not known; there are maxQueued and reason');
    }
  }
  const { maxQueued, reason } = value;
  if (typeof maxQueued !== 'number' || !Number.isInteger(maxQueued) || maxQueued < 0 || maxQueued > 10_000) {
    throw configProblem(
      file,
      'queue.maxQueued',
      'has to be a whole number from 0 to 10000: how many sessions may wait behind a strike',
    );
  }
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw configProblem(file, 'queue.reason', 'has to say why, for whoever reads it in a year');
  }
  return { maxQueued, reason: reason.trim() };
}
