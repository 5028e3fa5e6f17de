import type { Column, Table } from '../../model/catalog.ts';
import { childrenOf, type ForeignKeyPlace, ownedSequences, referencingTables } from '../../model/catalog-lookup.ts';
import { makeObjectName } from '../../model/object-name.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { foreignKeySql } from '../../sql/postgres/foreign-key-sql.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/postgres/quote.ts';
import {
  alwaysFits,
  type ColumnReplacement,
  carriedName,
  columnReplacement,
  copyOldRows,
  followOldColumn,
  sameConstraints,
  sameIndexes,
  swapSql,
} from '../column-replacement.ts';
import { columnIsGone, constraintExists, constraintIsGone } from '../post-condition.ts';
import { raiseIf } from '../probe-rows.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import type { StepDraft } from '../step-draft.ts';
import { alterTarget } from '../target-table.ts';
import { typeGate } from './type-by-new-column.ts';

/**
 * A key gets a wider whole number: as any other column by a second one, and every foreign key that points at the old
 * column gets a twin that points at the new one, checked while everybody works, before the old one goes.
 */
export const keyTypeByNewColumn: Recipe = {
  name: 'key-type-by-new-column',
  rung: 'new-column-backfill',
  summary: 'Widen the key in a second column that foreign keys are moved to one by one, then swap.',
  plan(input) {
    const target = alterTarget(input, 'set-type');
    if (target === null || input.facts.failure !== null) return null;
    const { table, key, command } = target;
    if (!input.facts.rewrites.includes(key)) return null;
    const column = table.columns.find((one) => one.name === command.column);
    if (column === undefined || !WHOLE.has(command.type.name) || !alwaysFits(column, command)) return null;
    const inbound = referencingTables(input.catalog, key).filter(({ constraint }) =>
      constraint.referencedColumns.includes(column.name),
    );
    if (childrenOf(input.catalog, key).length > 0 || !canBeMoved(table, column, inbound)) return null;
    const change = columnReplacement(table, key, column, command);
    const identity = identityMove(input, change);
    return [
      ...identity.guard,
      ...followOldColumn(change),
      copyOldRows(change),
      ...sameConstraints(change),
      ...sameIndexes(change),
      ...inbound.map((place) => twin(change, place)),
      typeGate(change),
      ...inbound.map(dropOld),
      {
        kind: 'transaction',
        name: `swap-${column.name}`,
        phase: 'contract',
        why: 'The new column takes the place of the old one, as the key that it is: catalog work only, a moment under ACCESS EXCLUSIVE.',
        sql: swapSql(input, change, identity.before, identity.after),
        undo: null,
        postCondition: columnIsGone(key, change.newColumn),
      },
      ...inbound.map(oldName),
    ];
  },
};

const WHOLE: ReadonlySet<string> = new Set(['int4', 'int8']);

function canBeMoved(table: Table, column: Column, inbound: readonly ForeignKeyPlace[]): boolean {
  const isPlain = (one: Table): boolean =>
    one.partitionBy === null && one.partitionOf === null && one.inherits.length === 0;
  return (
    isPlain(table) &&
    column.generated === null &&
    table.replicaIdentity !== 'index' &&
    table.constraints.every((one) => one.kind !== 'exclude') &&
    table.columns.every((one) => one.generated === null || one.default?.columns.includes(column.name) !== true) &&
    table.triggers.every((one) => !one.columns.includes(column.name)) &&
    inbound.every(
      (place) =>
        isPlain(place.table) &&
        place.constraint.valid &&
        place.constraint.enforced !== false &&
        // Both ends in one column would have to move at once.
        !(relationKey(place.table.name) === relationKey(table.name) && place.constraint.columns.includes(column.name)),
    )
  );
}

/** The same foreign key, pointing at the new column; another recipe writes it in its two steps. */
function twin(change: ColumnReplacement, { table, constraint }: ForeignKeyPlace): StepDraft {
  const referenced = (name: string): string => (name === change.column.name ? change.newColumn : name);
  return {
    kind: 'replan',
    sql: `ALTER TABLE ${relationKey(table.name)} ADD CONSTRAINT ${quoteIdentifier(carriedName(constraint.name))} ${foreignKeySql(constraint, { referenced })}`,
  };
}

function dropOld({ table, constraint }: ForeignKeyPlace): StepDraft {
  const key = relationKey(table.name);
  const name = quoteIdentifier(constraint.name);
  return {
    kind: 'transaction',
    name: `drop-${constraint.name}`,
    phase: 'contract',
    why: `Its twin, which points at the new column, is valid; both tables are locked for a moment.`,
    sql: [`ALTER TABLE ${key} DROP CONSTRAINT ${name}`],
    undo: [
      `ALTER TABLE ${key} ADD CONSTRAINT ${name} ${foreignKeySql(constraint)} NOT VALID`,
      `ALTER TABLE ${key} VALIDATE CONSTRAINT ${name}`,
    ],
    postCondition: constraintIsGone(key, constraint.name),
  };
}

function oldName({ table, constraint }: ForeignKeyPlace): StepDraft {
  const key = relationKey(table.name);
  const [from, to] = [quoteIdentifier(carriedName(constraint.name)), quoteIdentifier(constraint.name)];
  return {
    kind: 'transaction',
    name: `name-${constraint.name}`,
    phase: 'contract',
    why: 'The twin takes the name of the foreign key that it stands for.',
    sql: [`ALTER TABLE ${key} RENAME CONSTRAINT ${from} TO ${to}`],
    undo: [`ALTER TABLE ${key} RENAME CONSTRAINT ${to} TO ${from}`],
    postCondition: constraintExists(key, constraint.name),
  };
}

interface IdentityMove {
  readonly guard: readonly StepDraft[];
  /** SQL before the old column goes, and after the new one has its name. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * An identity column's sequence cannot be handed on: the new column gets one of its own, which goes on where the old
 * one is, under its name. One that was given options of its own is refused by the first step.
 */
function identityMove(input: RecipeInput, change: ColumnReplacement): IdentityMove {
  const { column, key, newColumn, table } = change;
  const [sequence] = ownedSequences(input.catalog, key, column.name);
  if (column.identity === null || sequence === undefined) return { guard: [], before: [], after: [] };
  const name = makeObjectName('evenkeel', `${table.name.name}_${column.name}`, 'seq');
  const made = relationKey({ schema: table.name.schema, name });
  const how = column.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT';
  const own = input.catalog.relations[sequence]?.name.name ?? '';
  return {
    guard: [plainSequence(change, sequence)],
    before: [
      `ALTER TABLE ${key} ALTER COLUMN ${quoteIdentifier(newColumn)} ADD GENERATED ${how} AS IDENTITY (SEQUENCE NAME ${made})`,
      `SELECT setval(${quoteLiteral(made)}, last_value, is_called) FROM ${sequence}`,
    ],
    after: [`ALTER SEQUENCE ${made} RENAME TO ${quoteIdentifier(own)}`],
  };
}

function plainSequence({ column, key }: ColumnReplacement, sequence: RelationKey): StepDraft {
  const plain = 'seqstart = 1 AND seqincrement = 1 AND seqmin = 1 AND seqcache = 1 AND NOT seqcycle';
  return {
    kind: 'transaction',
    name: `probe-${column.name}-sequence`,
    phase: 'expand',
    why: 'Looks whether the sequence has options of its own, which a new one would not have; nothing is locked.',
    sql: [
      raiseIf({
        violation: `SELECT 1 FROM pg_catalog.pg_sequence WHERE seqrelid = ${quoteLiteral(sequence)}::pg_catalog.regclass AND NOT (${plain})`,
        sqlstate: '0A000',
        message: `the sequence ${sequence} of ${key}.${column.name} has options of its own: give it the plain ones (START 1 INCREMENT 1 CACHE 1 NO CYCLE) first`,
      }),
    ],
    undo: [],
    postCondition: { sentence: 'the sequence was plain when the step looked', sql: null },
    locks: [],
  };
}
