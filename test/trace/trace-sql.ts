import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { StatementFacts } from '../../src/model/facts.ts';
import type { ExplainReport } from '../../src/model/report.ts';
import type { TracedStatement } from '../../src/model/traced-statement.ts';
import type { TransactionScope } from '../../src/model/transaction-unit.ts';
import { explain } from '../../src/pipeline/explain.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { type Trace, type TraceInput, traceFiles } from '../../src/trace/trace-files.ts';

export interface GivenFile {
  readonly path: string;
  readonly sql: string;
  readonly transaction?: TransactionScope;
}

export interface GivenTrace {
  readonly major: number;
  readonly schema?: string;
  readonly files: readonly GivenFile[];
  readonly order?: TraceInput['order'];
  /** Facts other than those derived. */
  readonly alter?: (facts: StatementFacts, sql: string) => StatementFacts;
  readonly signal?: AbortSignal;
}

export interface TracedOne {
  readonly path: string;
  readonly sql: string;
  readonly facts: StatementFacts;
  readonly traced: TracedStatement;
}

export interface TracedSql {
  readonly summary: Trace['summary'];
  readonly statements: readonly TracedOne[];
}

/** Traces SQL with the facts that are derived for it; `alone` judges each file on the schema itself. */
export async function traceSql(given: GivenTrace): Promise<TracedSql> {
  const { major, schema = '', order = 'alone', alter = (facts) => facts, signal } = given;
  const statements = parseStatements(schema, 'schema.sql');
  const catalog = statements.reduce(applyStatement, emptyCatalog(major));
  const migrations = given.files.map(({ path, sql, transaction = 'statement' }) => ({
    migration: { id: path, path, sql, checksum: '', format: 'sql', transaction, foreignLedgerRow: null } as const,
    statements: parseStatements(sql, path),
  }));
  const options = { version: { engine: 'postgresql', major }, timeZone: 'UTC', catalogIsComplete: true } as const;
  const derived: ExplainReport['files'] =
    order === 'alone'
      ? explain({ ...options, migrations, catalog }).files
      : derivedInOrder(migrations, catalog, options);
  const facts = derived.map((file) => file.statements.map((one) => alter(one.facts, one.sql)));
  const trace = await traceFiles({
    major,
    timeZone: 'UTC',
    searchPath: ['public'],
    order,
    schema: {
      from: 'schema.sql',
      statements: statements.map(({ sql }) => ({ sql })),
      inAnyOrder: false,
      unlike: [],
      notes: [],
      isComplete: true,
    },
    files: migrations.map(({ migration, statements: parsed }, file) => ({
      path: migration.path,
      transaction: migration.transaction,
      statements: parsed.map(({ sql, action }, at) => ({ sql, action, facts: facts[file]?.[at] ?? null })),
    })),
    ...(signal === undefined ? {} : { signal }),
  });
  return { summary: trace.summary, statements: pairs(trace, derived, facts) };
}

type Migrations = Parameters<typeof explain>[0]['migrations'];

/** Each file on what the earlier ones leave, as `check` derives facts. */
function derivedInOrder(
  migrations: Migrations,
  start: Parameters<typeof explain>[0]['catalog'],
  options: Pick<Parameters<typeof explain>[0], 'version' | 'timeZone' | 'catalogIsComplete'>,
): ExplainReport['files'] {
  let catalog = start;
  return migrations.flatMap((one) => {
    const report = explain({ ...options, migrations: [one], catalog });
    catalog = one.statements.reduce(applyStatement, catalog);
    return report.files;
  });
}

function pairs(
  trace: Trace,
  derived: ExplainReport['files'],
  facts: readonly (readonly StatementFacts[])[],
): readonly TracedOne[] {
  return derived.flatMap(({ path, statements }, file) =>
    statements.map(({ sql }, at) => {
      const [traced, known] = [trace.files[file]?.[at], facts[file]?.[at]];
      if (traced == null || known === undefined) throw new TypeError(`${path}: ${sql} was not traced`);
      return { path, sql, facts: known, traced };
    }),
  );
}

/** What is wrong in a trace, in words. */
export function faultsIn(traced: TracedSql): readonly string[] {
  return traced.statements
    .filter((one) => one.traced.verdict === 'wrong')
    .map((one) => `${one.path}: ${one.sql}: ${one.traced.disagreements.join('; ')}`);
}
