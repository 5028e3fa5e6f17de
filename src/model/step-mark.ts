import { type LockClass, PHASES, type Phase } from './plan.ts';

/** What a file that `plan --write` made says of its step, so that it is not taken apart a second time. */
export interface StepMark {
  readonly phase: Phase;
  readonly lockClass: LockClass;
}

const LOCK_CLASSES: readonly LockClass[] = ['brief', 'scan', 'rows', 'fresh'];

/** The mark as a comment of SQL. */
export function stepMark({ phase, lockClass }: StepMark): string {
  return `-- evenkeel-step: ${phase} ${lockClass}`;
}

/** The mark among the comments at the head of a file; null when there is none. */
export function readStepMark(sql: string): StepMark | null {
  const [head = ''] = /^(?:[^\S\n]*(?:--[^\n]*)?(?:\n|$))*/.exec(sql) ?? [];
  const [, phase, lockClass] = /^-- evenkeel-step: (\w+) (\w+)[^\S\n]*$/m.exec(head) ?? [];
  const known = {
    phase: PHASES.find((one) => one === phase),
    lockClass: LOCK_CLASSES.find((one) => one === lockClass),
  };
  return known.phase === undefined || known.lockClass === undefined
    ? null
    : { phase: known.phase, lockClass: known.lockClass };
}
