import type { CreateSchema } from '../../model/action.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** A schema that a complete catalog lacks; those of the server's own are never listed. */
export function refuseMissingSchema(context: FactsContext, schema: string | null): void {
  if (schema === null || !context.catalogIsComplete || schema.startsWith('pg_')) return;
  if (context.catalog.schemas.includes(schema)) return;
  addFailure(context.draft, '3F000', `there is no schema ${schema}`);
}

export function createSchemaFacts(context: FactsContext, action: CreateSchema): void {
  if (!context.catalog.schemas.includes(action.name)) return;
  if (!action.ifNotExists) addFailure(context.draft, '42P06', `the schema ${action.name} exists already`);
  context.draft.because.add('The schema exists already, so nothing is created.');
}
