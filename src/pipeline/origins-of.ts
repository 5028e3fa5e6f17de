import type { Statement } from '../model/statement.ts';
import type { StepOrigin } from '../plan/step-origin.ts';

/** The steps that a statement of a migration has become, in the order of the plan; nothing for one that has none. */
export type OriginsOf = ReadonlyMap<Statement, readonly StepOrigin[]>;

export function originsByStatement(origins: readonly StepOrigin[]): OriginsOf {
  const map = new Map<Statement, StepOrigin[]>();
  for (const origin of origins) {
    const own = map.get(origin.statement);
    if (own === undefined) map.set(origin.statement, [origin]);
    else own.push(origin);
  }
  return map;
}
