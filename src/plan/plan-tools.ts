import type { Catalog } from '../model/catalog.ts';
import type { Expression } from '../model/expression.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { Statement } from '../model/statement.ts';

/** What the planner borrows from other rooms, handed in by the composer. */
export interface PlanTools {
  parse(sql: string): readonly Statement[];
  deriveFacts(statement: Statement, catalog: Catalog): StatementFacts;
  /** Whether an expression answers the same for the same row in every transaction, as far as is known for certain. */
  isSteady(expression: Expression, catalog: Catalog): boolean;
  applyStatement(catalog: Catalog, statement: Statement): Catalog;
}
