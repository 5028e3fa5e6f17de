import type { MigrationCode } from '../model/migration.ts';
import type { FileContent } from './file-text.ts';
import { classIdentifier } from './typeorm-names.ts';
import { withoutConcurrently } from './without-concurrently.ts';

/**
 * A step as a class that TypeORM runs, in the language of the migration whose plan it is of.
 *
 * @param name of the class, with the time at its end by which TypeORM puts it in order.
 * @param handedBack what gives the transaction of a whole run its own limits back.
 */
export function typeormClass(
  { head, body }: FileContent,
  code: MigrationCode,
  name: string,
  handedBack: readonly string[],
): readonly string[] {
  const { transactionMode, exportedBy, isTypescript } = code;
  const up = [...body.statements, ...(transactionMode === 'all' ? handedBack : [])].map(queryLine);
  const override = transactionOverride(code, body.isInTransaction);
  return [
    ...head.flatMap((comment) => comment.split('\n')).map((line) => line.replace(/^--/, '//')),
    ...(isTypescript ? ["import type { MigrationInterface, QueryRunner } from 'typeorm';", ''] : []),
    `${exportedBy === 'export' || isTypescript ? 'export' : 'module.exports ='} class ${classIdentifier(name)}${isTypescript ? ' implements MigrationInterface' : ''} {`,
    `  name = ${quoted(name)};`,
    ...(override === null ? [] : [`  transaction = ${override};`]),
    '',
    ...method('up', up, isTypescript),
    '',
    ...method('down', wayBack(body.undo, transactionMode), isTypescript),
    `}${exportedBy === 'export' || isTypescript ? '' : ';'}`,
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}

/** What the class says of its transaction; null where its mode says the same already. */
function transactionOverride({ transactionMode }: MigrationCode, isInTransaction: boolean): boolean | null {
  if (transactionMode === 'all') return null;
  return isInTransaction === (transactionMode === 'each') ? null : isInTransaction;
}

function method(name: string, lines: readonly string[], isTypescript: boolean): readonly string[] {
  const signature = isTypescript ? '(queryRunner: QueryRunner): Promise<void>' : '(queryRunner)';
  return [`  async ${name}${signature} {`, ...lines.map((line) => `    ${line}`), '  }'];
}

/** `migration:revert` opens a transaction in every mode but `none`, whatever the class says. */
function wayBack(undo: readonly string[] | null, mode: MigrationCode['transactionMode']): readonly string[] {
  if (undo === null) return ["throw new Error('This step has no way back that loses nothing.');"];
  if (undo.length === 0) return ['// There is nothing to take back.'];
  return undo.map((sql) => queryLine(mode === 'none' ? sql : (withoutConcurrently(sql) ?? sql)));
}

function queryLine(sql: string): string {
  return `await queryRunner.query(\`${templateText(sql.replace(/;$/, ''))}\`);`;
}

/** Templates have one kind of line break, and signs that mean something. */
function templateText(sql: string): string {
  return sql.replaceAll(/[\\`]|\$(?=\{)/g, '\\$&').replaceAll('\r', '\\r');
}
