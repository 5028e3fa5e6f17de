import type { RuleDescription } from '../model/rule-settings.ts';

type FileRule =
  | 'typeormSynchronize'
  | 'transactionNotClosed'
  | 'halfAppliedOnFailure'
  | 'identifierTooLong'
  | 'emptyFile'
  | 'badSuppression'
  | 'unusedSuppression';

/** Opinions about a file and the comments in it, beside those about statements. */
export const FILE_RULES: Readonly<Record<FileRule, RuleDescription>> = {
  typeormSynchronize: {
    id: 'typeorm-synchronize',
    severity: 'error',
    summary: 'TypeORM is told to change the schema by itself whenever the application starts.',
    remedy: 'Set synchronize to false, and let migrations change the schema.',
  },
  transactionNotClosed: {
    id: 'transaction-not-closed',
    severity: 'error',
    summary: 'A file opens a transaction and never commits it, so nothing of it is kept.',
    remedy: 'Put COMMIT behind the last statement that belongs together.',
  },
  halfAppliedOnFailure: {
    id: 'half-applied-on-failure',
    severity: 'info',
    summary: 'Several changes of the schema in a file that its tool runs statement by statement.',
    remedy: 'Put one change into each file, or BEGIN and COMMIT around those that belong together.',
  },
  identifierTooLong: {
    id: 'identifier-too-long',
    severity: 'warning',
    summary: 'A name is longer than 63 bytes, and the server cuts it without an error.',
    remedy: 'Choose a name of at most 63 bytes.',
  },
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
