import type { Catalog } from '../../model/catalog.ts';
import { findFunction, resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { list } from '../who-waits.ts';

/** Built-in functions that answer anew for every row. */
const VOLATILE: ReadonlySet<string> = new Set(
  'random random_normal clock_timestamp timeofday nextval currval lastval setval gen_random_uuid uuidv4 uuidv7'.split(
    ' ',
  ),
);

/** A CHECK whose answer is another one tomorrow. */
export const checkVolatile: Rule = {
  id: 'check-volatile',
  severity: 'warning',
  about: ['create-table', 'alter-table'],
  commands: ['add-column', 'add-constraint'],
  ownRemedy: true,
  summary: 'A CHECK calls a function that answers anew each time, so it proves nothing about old rows.',
  remedy: 'Let the CHECK look at the columns of its row only; put what depends on more into a trigger.',
  check(input) {
    const { action, catalog, facts } = input;
    if (facts.failure !== null || (action.kind !== 'alter-table' && action.kind !== 'create-table')) return null;
    const called = checksOf(input).flatMap((one) => one.filter((name) => isVolatile(catalog, name)));
    if (called.length === 0) return null;
    const key = relationKey(resolveName(catalog, action.name));
    return {
      title: `A CHECK of ${key} calls ${list(called)}, which is volatile.`,
      consequence:
        'A row that passed may fail later, on any UPDATE or when a dump is loaded, and nobody is told until then.',
      relations: [key],
    };
  },
};

/** The functions that each new CHECK calls. */
function checksOf({ action }: RuleInput): readonly (readonly string[])[] {
  const constraints =
    action.kind === 'create-table'
      ? [...action.constraints, ...action.columns.flatMap((one) => one.constraints)]
      : action.kind === 'alter-table'
        ? action.commands.flatMap((one) => {
            if (one.kind === 'add-constraint') return [one.constraint];
            return one.kind === 'add-column' ? one.column.constraints : [];
          })
        : [];
  return constraints.flatMap((one) => (one.kind === 'check' ? [one.expression.functions] : []));
}

/** SQL functions are left out: many are VOLATILE by omission, and the planner looks into them. */
function isVolatile(catalog: Catalog, name: string): boolean {
  const [first, second] = name.split('.');
  const reference = second === undefined ? { schema: null, name } : { schema: first ?? null, name: second };
  const user = findFunction(catalog, reference);
  if (user !== null) return user.volatility === 'volatile' && user.language !== 'sql';
  return VOLATILE.has(name.replace('pg_catalog.', ''));
}
