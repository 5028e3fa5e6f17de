import { childrenOf } from '../../model/catalog-lookup.ts';
import { makeObjectName } from '../../model/object-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { chooseConstraintName } from '../constraint-name.ts';
import { columnIsNotNull, constraintExists, constraintIsGone, constraintIsValid } from '../post-condition.ts';
import { probeRows } from '../probe-rows.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import type { StepDraft } from '../step-draft.ts';
import { type AlterTarget, alterTarget } from '../target-table.ts';

type SetNotNull = AlterTarget<'set-not-null'>;

/** A SET NOT NULL that would read the table; with a proof in place it is brief and stays as it is. */
function scanningSetNotNull(input: RecipeInput): SetNotNull | null {
  const target = alterTarget(input, 'set-not-null');
  if (target === null || input.facts.scans.length === 0) return null;
  // Each step would have to leave the tables below alone, too, and a CHECK cannot.
  return target.only && childrenOf(input.catalog, target.key).length > 0 ? null : target;
}

/** To 17: a CHECK proves that no row is NULL, SET NOT NULL believes it, and the CHECK goes again. */
export const notNullByCheck: Recipe = {
  name: 'not-null-by-check',
  rung: 'not-valid-validate',
  summary: 'Prove it with a CHECK (NOT VALID, then VALIDATE), SET NOT NULL without a scan, drop the CHECK.',
  plan(input) {
    const target = scanningSetNotNull(input);
    if (target === null || input.version.major >= 18) return null;
    const { key, command } = target;
    const column = quoteIdentifier(command.column);
    const check = makeObjectName('evenkeel', `${target.table.name.name}_${command.column}`, 'not_null');
    const quoted = quoteIdentifier(check);
    return [
      probe({ ...target, column: command.column }),
      {
        kind: 'transaction',
        name: `add-${check}`,
        phase: 'expand',
        why: 'A NOT VALID CHECK refuses new NULLs at once and reads no old row: a moment under ACCESS EXCLUSIVE.',
        sql: [`ALTER TABLE ${key} ADD CONSTRAINT ${quoted} CHECK (${column} IS NOT NULL) NOT VALID`],
        undo: [`ALTER TABLE ${key} DROP CONSTRAINT ${quoted}`],
        postCondition: constraintExists(key, check),
      },
      {
        kind: 'transaction',
        name: `validate-${check}`,
        phase: 'migrate',
        why: 'VALIDATE reads the table while reads and writes go on.',
        sql: [`ALTER TABLE ${key} VALIDATE CONSTRAINT ${quoted}`],
        undo: [],
        postCondition: constraintIsValid(key, check),
      },
      {
        kind: 'transaction',
        name: `not-null-${target.table.name.name}-${command.column}`,
        phase: 'contract',
        why: 'The valid CHECK proves that there is no NULL, so SET NOT NULL reads no row (12 and later).',
        sql: [`ALTER TABLE ${key} ALTER COLUMN ${column} SET NOT NULL`],
        undo: [`ALTER TABLE ${key} ALTER COLUMN ${column} DROP NOT NULL`],
        postCondition: columnIsNotNull(key, command.column),
      },
      {
        kind: 'transaction',
        name: `drop-${check}`,
        phase: 'contract',
        why: 'The CHECK has done its work; dropped by the same ALTER it would have proved nothing.',
        sql: [`ALTER TABLE ${key} DROP CONSTRAINT ${quoted}`],
        undo: [],
        postCondition: constraintIsGone(key, check),
      },
    ];
  },
};

/** From 18: NOT NULL is a constraint of its own and may be NOT VALID for a while. */
export const notNullNotValid: Recipe = {
  name: 'not-null-not-valid',
  rung: 'not-valid-validate',
  summary: 'Add NOT NULL as a NOT VALID constraint, then VALIDATE it.',
  plan(input) {
    if (input.version.major < 18) return null;
    const wanted = wantedNotNull(input);
    if (wanted === null) return null;
    const { key, column, isPending } = wanted;
    const name = wanted.name ?? chooseConstraintName(wanted.table, [column], 'not_null');
    const quoted = quoteIdentifier(name);
    const steps: StepDraft[] = [
      {
        kind: 'transaction',
        name: `add-${name}`,
        phase: 'expand',
        why: 'NOT NULL ... NOT VALID refuses new NULLs at once and reads no old row: a moment under ACCESS EXCLUSIVE.',
        sql: [`ALTER TABLE ${key} ADD CONSTRAINT ${quoted} NOT NULL ${quoteIdentifier(column)} NOT VALID`],
        undo: [`ALTER TABLE ${key} DROP CONSTRAINT ${quoted}`],
        postCondition: constraintExists(key, name),
      },
      {
        kind: 'transaction',
        name: `validate-${name}`,
        phase: 'migrate',
        why: 'VALIDATE reads the table while reads and writes go on.',
        sql: [`ALTER TABLE ${key} VALIDATE CONSTRAINT ${quoted}`],
        undo: [],
        postCondition: constraintIsValid(key, name),
      },
    ];
    return [probe(wanted), ...(isPending ? steps.slice(1) : steps)];
  },
};

interface WantedNotNull extends Pick<AlterTarget<'set-not-null'>, 'table' | 'key'> {
  readonly column: string;
  /** null: the server chooses one. */
  readonly name: string | null;
  /** Whether the constraint is there and NOT VALID. */
  readonly isPending: boolean;
}

/** What SET NOT NULL or ADD CONSTRAINT ... NOT NULL is after, where it would read the table. */
function wantedNotNull(input: RecipeInput): WantedNotNull | null {
  const set = scanningSetNotNull(input);
  if (set !== null) {
    const { table, key, command } = set;
    const pending = table.constraints.find((one) => one.kind === 'not-null' && one.column === command.column);
    return { table, key, column: command.column, name: pending?.name ?? null, isPending: pending !== undefined };
  }
  const added = alterTarget(input, 'add-constraint');
  const constraint = added?.command.constraint;
  if (added == null || constraint?.kind !== 'not-null' || !constraint.valid || input.facts.scans.length === 0)
    return null;
  if (added.only && childrenOf(input.catalog, added.key).length > 0) return null;
  // One that partitions and children do not get is another constraint.
  if (/\bNO\s+INHERIT\b/i.test(constraint.sql)) return null;
  return { table: added.table, key: added.key, column: constraint.column, name: constraint.name, isPending: false };
}

function probe({ table, key, column }: Pick<WantedNotNull, 'table' | 'key' | 'column'>): StepDraft {
  return probeRows({
    name: `probe-${table.name.name}-${column}`,
    relation: key,
    violation: `SELECT 1 FROM ${key} WHERE ${quoteIdentifier(column)} IS NULL`,
    sqlstate: '23502',
    message: `rows of ${key} have no ${column}: fill them before it can be NOT NULL`,
  });
}
