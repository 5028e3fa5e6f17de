import type { Catalog } from '../model/catalog.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { Statement } from '../model/statement.ts';

/** What the planner borrows from other rooms, handed in by the composer. */
export interface PlanTools {
  parse(sql: string): readonly Statement[];
  deriveFacts(statement: Statement, catalog: Catalog): StatementFacts;
  applyStatement(catalog: Catalog, statement: Statement): Catalog;
}
