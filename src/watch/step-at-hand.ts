import type { MigrationPlan, Step } from '../model/plan.ts';
import type { RunEvent } from '../model/run-event.ts';

/** The step that a run is at, as far as its events tell. */
export interface StepAtHand {
  readonly migration: string;
  readonly step: Step;
  /** Strikes that did not get their lock since it began. */
  readonly timeouts: number;
  /** The last word about waiting: somebody is let go first, or nobody is. */
  readonly lettingGo: Extract<RunEvent, { type: 'lock:wait' }> | null;
}

/** Reads the events of a run backwards to the beginning of the step that has not ended; null when there is none. */
export function stepAtHand(events: readonly RunEvent[], plans: readonly MigrationPlan[]): StepAtHand | null {
  let timeouts = 0;
  let word: RunEvent | null = null;
  for (const event of events.toReversed()) {
    if (ENDS.has(event.type)) return null;
    if (event.type === 'lock:timeout') timeouts += 1;
    if (WORDS.has(event.type)) word ??= event;
    if (event.type !== 'step:start') continue;
    const step = plans.find(({ id }) => id === event.migration)?.steps.find(({ id }) => id === event.step);
    const lettingGo = word?.type === 'lock:wait' ? word : null;
    return step === undefined ? null : { migration: event.migration, step, timeouts, lettingGo };
  }
  return null;
}

const ENDS: ReadonlySet<RunEvent['type']> = new Set([
  'step:done',
  'step:skip',
  'step:failed',
  'gate:closed',
  'gate:passed',
  'migration:done',
  'run:end',
]);

const WORDS: ReadonlySet<RunEvent['type']> = new Set(['lock:wait', 'lock:clear', 'lock:timeout']);
