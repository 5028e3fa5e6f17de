import type { AlterTableCmd, AlterTableStmt } from 'libpg-query';
import type { Action, AlterTable } from '../../model/action.ts';
import { InvariantError } from '../../model/error.ts';
import { alterCommandOf } from './alter-command-of.ts';
import { relationReference } from './relation-reference.ts';
import { endOfElement, endOfRelation, type StatementSource, sliceSql } from './statement-source.ts';
import { nodesOf } from './tree-node.ts';

const OBJECTS: Readonly<Record<string, AlterTable['object']>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized-view',
  OBJECT_INDEX: 'index',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FOREIGN_TABLE: 'foreign-table',
};

/** ALTER TABLE, and ALTER of a view, index or sequence where the grammar treats it the same. */
export function readAlterTable(statement: AlterTableStmt, source: StatementSource): Action {
  const name = relationReference(statement.relation);
  if (statement.objtype === 'OBJECT_TYPE') return { kind: 'create-type', name, type: 'composite', verb: 'alter' };
  const object = OBJECTS[statement.objtype ?? ''];
  if (object === undefined) return { kind: 'opaque', statementName: 'AlterTableStmt' };
  const commands = nodesOf(statement.cmds, 'AlterTableCmd');
  const texts = commandTexts(statement, source, commands);
  return {
    kind: 'alter-table',
    object,
    name,
    ifExists: statement.missing_ok ?? false,
    only: statement.relation?.inh !== true,
    commands: commands.map((command, index) => ({
      sql: texts[index] ?? '',
      ...alterCommandOf(command, source),
    })),
  };
}

/** The commands as written: what stands between the commas outside all brackets. */
function commandTexts(
  statement: AlterTableStmt,
  source: StatementSource,
  commands: readonly AlterTableCmd[],
): readonly string[] {
  const texts: string[] = [];
  let start = endOfRelation(source, source.tokenAt(statement.relation?.location));
  while (start < source.tokens().length) {
    const end = endOfElement(source, start);
    texts.push(sliceSql(source, start, end));
    start = end + 1;
  }
  if (texts.length !== commands.length) {
    throw new InvariantError(`${commands.length} commands were read as ${texts.length} texts: ${source.sql}`);
  }
  return texts;
}
