import type { Migration } from '../model/migration.ts';
import { type FileBody, undoesOutside } from './file-body.ts';
import type { ToolManner } from './tool-manner.ts';
import { typeormClass } from './typeorm-class.ts';

/** A file of a step, before it has the form that its tool wants. */
export interface FileContent {
  /** Lines of comments. */
  readonly head: readonly string[];
  readonly body: FileBody;
}

const NO_WAY_BACK =
  "DO $evenkeel$ BEGIN RAISE EXCEPTION 'This step has no way back that loses nothing.'; END $evenkeel$;";

/**
 * The text of a migration file as its tool wants it, with a line feed at its end.
 *
 * @param name by which its tool knows it, where the file has to say it itself.
 */
export function fileText(content: FileContent, migration: Migration, manner: ToolManner, name: string): string {
  const lines = linesOf(content, migration, manner, name);
  return `${lines.join('\n')}\n`;
}

function linesOf(
  content: FileContent,
  { format, code }: Migration,
  manner: ToolManner,
  name: string,
): readonly string[] {
  switch (format) {
    case 'sql':
    case 'prisma':
      return plainLines(content, manner);
    case 'dbmate':
      return dbmateLines(content);
    case 'goose':
      return gooseLines(content);
    case 'node-pg-migrate':
      return nodePgMigrateLines(content);
    case 'drizzle':
      return drizzleLines(content);
    case 'typeorm':
      return code === undefined ? [] : typeormClass(content, code, name, HANDED_BACK);
  }
}

function plainLines({ head, body }: FileContent, manner: ToolManner): readonly string[] {
  if (manner.transaction === 'run') return [...head, ...body.statements, ...HANDED_BACK];
  return body.isInTransaction ? [...head, 'BEGIN;', ...body.statements, 'COMMIT;'] : [...head, ...body.statements];
}

/** The transaction goes on with what is pending behind the file: its limits are not meant for that. */
const HANDED_BACK = ['SET LOCAL lock_timeout TO DEFAULT;', 'SET LOCAL statement_timeout TO DEFAULT;'] as const;

/** Options stand on the line of the marker; a section without a transaction is sent as one message. */
function dbmateLines({ head, body }: FileContent): readonly string[] {
  const up = `-- migrate:up${body.isInTransaction ? '' : ' transaction:false'}`;
  const down = `-- migrate:down${undoesOutside(body) ? ' transaction:false' : ''}`;
  return [up, ...head, ...body.statements, '', down, ...wayBack(body)];
}

/** Its parser ends a statement at a semicolon that ends a line, dollar quotes or not. */
function gooseLines({ head, body }: FileContent): readonly string[] {
  const isOutside = !body.isInTransaction || undoesOutside(body);
  const framed = (sql: string): readonly string[] =>
    /\n|\$/.test(sql) ? ['-- +goose StatementBegin', sql, '-- +goose StatementEnd'] : [sql];
  return [
    ...(isOutside ? ['-- +goose NO TRANSACTION'] : []),
    '-- +goose Up',
    ...head,
    ...body.statements.flatMap(framed),
    '',
    '-- +goose Down',
    ...wayBack(body).flatMap(framed),
  ];
}

/** A file without the section for the way down is refused there by the tool itself. */
function nodePgMigrateLines({ head, body }: FileContent): readonly string[] {
  const up = ['-- Up Migration', ...head, ...body.statements, ...HANDED_BACK];
  return body.undo === null ? up : [...up, '', '-- Down Migration', ...wayBack(body)];
}

function drizzleLines({ head, body }: FileContent): readonly string[] {
  const pieces = [...body.statements, ...HANDED_BACK];
  return [...head, pieces.join('\n--> statement-breakpoint\n')];
}

function wayBack({ undo }: FileBody): readonly string[] {
  if (undo === null) return [NO_WAY_BACK];
  return undo.length === 0 ? ['-- There is nothing to take back.'] : undo;
}
