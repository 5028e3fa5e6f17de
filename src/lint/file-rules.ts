import type { RuleDescription } from '../model/rule-settings.ts';

/** Opinions about a file and the comments in it, beside those about statements. */
export const FILE_RULES: Readonly<Record<'emptyFile' | 'badSuppression' | 'unusedSuppression', RuleDescription>> = {
  emptyFile: {
    id: 'empty-file',
    severity: 'info',
    summary: 'A migration file without a statement.',
    remedy: 'Leave it when it is meant so; else put the SQL in, or take the file away before it is applied anywhere.',
  },
  badSuppression: {
    id: 'bad-suppression',
    severity: 'warning',
    summary: 'A comment that is meant to accept a finding, and accepts none as it is written.',
    remedy: 'Write it before the statement, with its reason, as -- evenkeel-ignore <rule>: <reason>.',
  },
  unusedSuppression: {
    id: 'unused-suppression',
    severity: 'info',
    summary: 'A comment that accepts a finding that is not there.',
    remedy: 'Take the comment away, so that it does not hide a later finding.',
  },
};
