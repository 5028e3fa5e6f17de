import type { Migration } from '../model/migration.ts';
import type { RuleDescription } from '../model/rule-settings.ts';
import type { Statement } from '../model/statement.ts';
import { FILE_RULES } from './file-rules.ts';
import { changesSchema } from './schema-change.ts';
import { list } from './who-waits.ts';

/** What there is to say about a file as a whole, told at one of its statements. */
export interface FileOpinion {
  readonly rule: RuleDescription;
  readonly statement: Statement;
  readonly title: string;
  readonly consequence: string;
}

/** Opinions that need the end of the file, or the names as they are written. */
export function fileOpinions(migration: Migration, statements: readonly Statement[]): readonly FileOpinion[] {
  return [...notClosed(migration, statements), ...halfApplied(migration, statements), ...tooLong(statements)];
}

/** BEGIN without its COMMIT: the session ends, and the server takes everything back. */
function notClosed({ transaction }: Migration, statements: readonly Statement[]): readonly FileOpinion[] {
  const begin = openTransactions(statements).at(-1)?.begin ?? null;
  if (transaction !== 'statement' || begin === null) return [];
  return [
    {
      rule: FILE_RULES.transactionNotClosed,
      statement: begin,
      title: 'Opens a transaction that the file never commits.',
      consequence: 'When the session ends, the server takes back all that came after it; until then its locks stay.',
    },
  ];
}

/** Only where a tool is known to send statement by statement: Evenkeel itself remembers each of them. */
function halfApplied(
  { format, transaction, isOneMessage }: Migration,
  statements: readonly Statement[],
): readonly FileOpinion[] {
  if (format === 'sql' || transaction !== 'statement' || isOneMessage === true) return [];
  const changes = openTransactions(statements)
    .filter(({ begin, statement }) => begin === null && changesSchema(statement.action))
    .map(({ statement }) => statement);
  const [first, second] = changes;
  if (first === undefined || second === undefined) return [];
  return [
    {
      rule: FILE_RULES.halfAppliedOnFailure,
      statement: second,
      title: `One of ${changes.length} statements that change the schema, each of which commits by itself.`,
      consequence: `When this one fails, line ${first.span.line} stays done, and the next run of the tool begins with it again.`,
    },
  ];
}

function tooLong(statements: readonly Statement[]): readonly FileOpinion[] {
  const said = new Set<string>();
  return statements.flatMap((statement) => {
    const names = (statement.cutNames ?? []).filter(({ written }) => !said.has(written));
    if (names.length === 0 || !changesSchema(statement.action) || statement.action.kind === 'drop') return [];
    for (const { written } of names) said.add(written);
    return [
      {
        rule: FILE_RULES.identifierTooLong,
        statement,
        title: `The server keeps 63 bytes of a name, and cuts ${list(names.map(({ written }) => `"${written}"`))}.`,
        consequence: `It is then called ${list(names.map(({ kept }) => `"${kept}"`))}: two names that begin alike become one, and tools that compare names do not find it.`,
      },
    ];
  });
}

/** Each statement with the BEGIN of the file that it runs under; null where there is none. */
function openTransactions(
  statements: readonly Statement[],
): readonly { readonly statement: Statement; readonly begin: Statement | null }[] {
  let begin: Statement | null = null;
  return statements.map((statement) => {
    const { action } = statement;
    if (action.kind === 'transaction') {
      if (action.verb === 'begin') begin ??= statement;
      if (action.verb === 'commit' || action.verb === 'rollback' || action.verb === 'prepare') begin = null;
    }
    return { statement, begin };
  });
}
