import { type LockClass, PHASES, type Phase, type Step } from './plan.ts';

/** What a file that `plan --write` made says of its step, so that it is not taken apart a second time. */
export interface StepMark {
  readonly phase: Phase;
  /** How a transaction gets and holds its locks; a build of an index and a backfill are known by their SQL. */
  readonly manner: LockClass | 'concurrent-index' | 'backfill';
}

const MANNERS: readonly StepMark['manner'][] = ['brief', 'scan', 'rows', 'fresh', 'concurrent-index', 'backfill'];

/** The mark of a step as a comment of SQL. */
export function stepMark(step: Exclude<Step, { kind: 'gate' }>): string {
  return `-- evenkeel-step: ${step.phase} ${step.kind === 'transaction' ? step.lockClass : step.kind}`;
}

/** The mark among the comments at the head of a file; null when there is none. */
export function readStepMark(sql: string): StepMark | null {
  const [head = ''] = /^(?:[^\S\n]*(?:--[^\n]*)?(?:\n|$))*/.exec(sql) ?? [];
  const [, first, second] = /^-- evenkeel-step: (\S+) (\S+)[^\S\n]*$/m.exec(head) ?? [];
  const phase = PHASES.find((one) => one === first);
  const manner = MANNERS.find((one) => one === second);
  return phase === undefined || manner === undefined ? null : { phase, manner };
}
