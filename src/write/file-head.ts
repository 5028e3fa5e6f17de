import type { RelationLock } from '../model/facts.ts';
import { stepMark } from '../model/step-mark.ts';
import type { FileBody, WorkStep } from './file-body.ts';
import { comment, oneLine } from './sql-comment.ts';
import { isConcurrently } from './without-concurrently.ts';

export interface HeadInput {
  readonly step: WorkStep;
  readonly body: FileBody;
  /** Name of the migration that the plan is for. */
  readonly migration: string;
  readonly deployBefore: readonly string[];
  readonly deployAfter: readonly string[];
}

/** What a person has to know who opens the file, and what Evenkeel has to know who checks and plans it again. */
export function fileHead({ step, body, migration, deployBefore, deployAfter }: HeadInput): readonly string[] {
  return [
    stepMark(step),
    comment(oneLine(`Step ${step.id} of the plan for ${migration} (${step.phase}): ${step.why}`)),
    ...deployBefore.map((deploy) => comment(oneLine(`BEFORE THIS FILE IS APPLIED: ${deploy}`))),
    ...(deployBefore.length > 0 ? [comment(ONE_AT_A_TIME)] : []),
    comment(oneLine(`${locksText(step, body)}${outcomeText(step)}`)),
    ...limitsText(step, body).map(comment),
    ...deployAfter.map((deploy) => comment(oneLine(`ONCE THIS FILE IS APPLIED: ${deploy}`))),
    ...acceptedFindings(step, body),
  ];
}

const ONE_AT_A_TIME = 'A tool applies all files that it finds: this one belongs into a later release.';

function locksText(step: WorkStep, body: FileBody): string {
  const locks = locksOf(step, body).map(({ relation, mode }) => `${mode} on ${relation}`);
  return `Locks: ${locks.length === 0 ? 'nothing that existed before' : locks.join(', ')}.`;
}

/** Those of the plan are of the form that a tool with one transaction for everything cannot run. */
function locksOf(step: WorkStep, body: FileBody): readonly RelationLock[] {
  if (step.kind !== 'concurrent-index' || !body.isInTransaction) return step.locks;
  const onTable = { relation: step.table, mode: step.verb === 'drop' ? 'ACCESS EXCLUSIVE' : 'SHARE' } as const;
  return step.verb === 'create' ? [onTable] : [onTable, { relation: step.index, mode: 'ACCESS EXCLUSIVE' }];
}

function outcomeText({ postCondition }: WorkStep): string {
  return postCondition.sql === null ? '' : ` Afterwards ${postCondition.sentence}.`;
}

function limitsText(step: WorkStep, body: FileBody): readonly string[] {
  if (body.isBounded) return [TOO_LARGE];
  if (step.kind === 'concurrent-index') return [NO_TIMEOUT];
  if (step.kind === 'transaction' && step.lockClass === 'brief') return [TRY_AGAIN];
  return [];
}

const TOO_LARGE =
  'The tool runs all that is pending in one transaction, so this form may hold up others: it gets one second, and is ' +
  'taken back whole when that is not enough. evenkeel apply runs the same file without holding up anybody, however large ' +
  'the table is.';
const NO_TIMEOUT =
  'It needs a session without lock_timeout and statement_timeout: one that runs out leaves an invalid index behind.';
const TRY_AGAIN = 'When it ends with a lock timeout, the table was busy and nothing has happened: apply it again.';

/** The form is the only one that the tool can run, and has its limit. */
function acceptedFindings(step: WorkStep, body: FileBody): readonly string[] {
  if (step.kind !== 'concurrent-index' || !body.isInTransaction || !isConcurrently(step.sql)) return [];
  const rules = { create: 'index-create-blocking', drop: 'index-drop-blocking', reindex: 'reindex-blocking' } as const;
  return [`-- evenkeel-ignore-file ${rules[step.verb]}: its tool can run no CONCURRENTLY; it has a time limit instead`];
}
