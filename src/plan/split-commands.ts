import type { Statement } from '../model/statement.ts';
import { quoteName } from '../sql/postgres/quote.ts';

const KEYWORDS = {
  table: 'TABLE',
  view: 'VIEW',
  'materialized-view': 'MATERIALIZED VIEW',
  index: 'INDEX',
  sequence: 'SEQUENCE',
  'foreign-table': 'FOREIGN TABLE',
} as const;

/** `ALTER TABLE a, b, c` as three statements, so that each can be made safe in its own way. */
export function splitCommands(statement: Statement): readonly Statement[] {
  const { action } = statement;
  if (action.kind !== 'alter-table' || action.commands.length < 2) return [statement];
  return action.commands.map((command) => {
    const words = ['ALTER', KEYWORDS[action.object], action.ifExists ? 'IF EXISTS' : '', action.only ? 'ONLY' : ''];
    const sql = `${words.filter((word) => word !== '').join(' ')} ${quoteName(action.name)} ${command.sql}`;
    return { sql, span: statement.span, action: { ...action, commands: [command] } };
  });
}
