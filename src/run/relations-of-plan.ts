import type { Action } from '../model/action.ts';
import type { MigrationPlan, Step } from '../model/plan.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';

/** Of a statement into which nobody can look: it may touch anything. */
export const ANYTHING = 'code that may touch anything';

/**
 * Everything that a plan locks or names: relations, functions, types. Names without a schema count as of `public`: two
 * plans that only look as if they met are kept apart for no reason, never the other way round.
 */
export function relationsOf(plan: MigrationPlan): ReadonlySet<string> {
  return new Set(plan.steps.flatMap(namesOf));
}

function namesOf(step: Step): readonly string[] {
  const locked = step.locks.map(({ relation }) => plain(relation));
  switch (step.kind) {
    case 'gate':
      return [];
    case 'backfill':
      return [...locked, plain(step.table)];
    case 'concurrent-index':
      return [...locked, plain(step.table), plain(step.index), ...namedIn([step.sql])];
    case 'transaction':
      return [...locked, ...namedIn(step.sql)];
  }
}

function namedIn(sql: readonly string[]): readonly string[] {
  return sql
    .flatMap((text) => parseStatements(text, 'plan'))
    .flatMap(({ action }) => (isOpaque(action) ? [ANYTHING] : [...names(action)]));
}

function isOpaque({ kind }: Action): boolean {
  return kind === 'opaque' || kind === 'code-block';
}

/** Every `{ schema, name }` of an action, however deep; data types are not names of anything that a plan changes. */
function* names(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null || 'modifiers' in value) return;
  if ('schema' in value && 'name' in value && typeof value.name === 'string') {
    yield `${typeof value.schema === 'string' ? value.schema : 'public'}.${value.name}`;
  }
  for (const part of Object.values(value)) yield* names(part);
}

function plain(key: string): string {
  return key.replaceAll('"', '');
}
