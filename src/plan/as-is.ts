import type { Action } from '../model/action.ts';
import type { AlterCommand } from '../model/alter-command.ts';
import { findRelation, findType, nameForCreation, resolveName, tableOf } from '../model/catalog-lookup.ts';
import type { PostCondition } from '../model/plan.ts';
import { type RelationKey, type RelationReference, relationKey } from '../model/relation-name.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import {
  both,
  columnExists,
  columnIsGone,
  columnIsNotNull,
  columnIsNullable,
  constraintExists,
  constraintIsGone,
  constraintIsValid,
  enumHasLabel,
  recordedInLedger,
  relationExists,
  relationsAreGone,
  triggerExists,
  typeExists,
} from './post-condition.ts';
import type { RecipeInput } from './recipe.ts';
import type { TransactionDraft } from './step-draft.ts';

/**
 * A statement that stays as it stands: because it is brief, because nobody uses what it touches yet, or because there
 * is no safer way. In the last case it is `bounded`: it gets one second and is taken back whole if that is too short.
 */
export function asIs(input: RecipeInput): TransactionDraft {
  const { statement, facts } = input;
  const touchesUsed = [...facts.rewrites, ...facts.scans].some((relation) => !input.isFresh(relation));
  const isOnlyReading = facts.locks.every(
    (lock) => lock.mode === 'SHARE UPDATE EXCLUSIVE' || lock.mode === 'ACCESS SHARE' || lock.mode === 'ROW SHARE',
  );
  const isUnknown = facts.certainty === 'unknown' && facts.kind !== 'dml';
  const bounded = isUnknown || (touchesUsed && !isOnlyReading);
  const effect = effectOf(input);
  return {
    kind: 'transaction',
    name: effect.name,
    phase: facts.losses.length > 0 ? 'contract' : 'expand',
    why: bounded ? boundedReason(input) : (facts.because[0] ?? 'Touches nothing that anybody uses.'),
    sql: [statement.sql],
    undo: effect.undo,
    postCondition: effect.postCondition,
    ...(bounded ? { bounded: true } : {}),
  };
}

function boundedReason(input: RecipeInput): string {
  const reason = input.facts.because[0] ?? 'It may take long on a large table.';
  return `${reason} There is no safer way known, so it gets one second and is taken back whole if that is not enough.`;
}

interface Effect {
  readonly name: string;
  readonly undo: readonly string[] | null;
  readonly postCondition: PostCondition;
}

function effectOf(input: RecipeInput): Effect {
  const { action } = input.statement;
  const found = (reference: RelationReference): RelationKey => relationKey(resolveName(input.catalog, reference));
  const made = (reference: RelationReference): RelationKey => relationKey(nameForCreation(input.catalog, reference));
  const plain: Effect = { name: action.kind, undo: null, postCondition: recordedInLedger() };
  switch (action.kind) {
    case 'create-table':
    case 'create-table-as': {
      const key = made(action.name);
      return {
        name: `create-${action.name.name}`,
        // IF NOT EXISTS makes nothing where there is something.
        undo: input.catalog.relations[key] === undefined ? [`DROP TABLE IF EXISTS ${key}`] : [],
        postCondition: relationExists(key),
      };
    }
    case 'create-view':
      // A view of that name may be the one that is to be replaced.
      if (action.replace) return { ...plain, name: `create-${action.name.name}` };
      return { name: `create-${action.name.name}`, undo: null, postCondition: relationExists(made(action.name)) };
    case 'create-sequence':
      return { name: `create-${action.name.name}`, undo: null, postCondition: relationExists(made(action.name)) };
    case 'create-enum':
    case 'create-domain':
      return {
        name: `type-${action.name.name}`,
        undo: [`DROP TYPE IF EXISTS ${made(action.name)}`],
        postCondition: typeExists(nameForCreation(input.catalog, action.name)),
      };
    case 'alter-enum':
      return alterEnumEffect(action, enumKey(input, action.name));
    case 'create-index':
      return { ...plain, name: `index-${action.name ?? action.table.name}` };
    case 'create-trigger':
      if (action.replace) return { ...plain, name: `trigger-${action.name}` };
      return {
        name: `trigger-${action.name}`,
        undo: [`DROP TRIGGER ${quoteIdentifier(action.name)} ON ${found(action.table)}`],
        postCondition: triggerExists(found(action.table), action.name),
      };
    case 'drop':
      if (
        ['table', 'view', 'materialized-view', 'sequence', 'index'].includes(action.object) &&
        action.names[0] !== undefined
      ) {
        return {
          name: `drop-${action.names[0].name}`,
          undo: null,
          postCondition: relationsAreGone(action.names.map(found)),
        };
      }
      return { ...plain, name: `drop-${action.object}` };
    case 'alter-table': {
      if (action.object !== 'table' || action.commands.length === 0) return plain;
      // IF EXISTS of what is not in the schema given may do nothing at all.
      if (action.ifExists && findRelation(input.catalog, action.name) === null) return plain;
      return action.commands.map((command) => commandEffect(input, found(action.name), command)).reduce(together);
    }
    default:
      return plain;
  }
}

/** Commands of one statement are there together, or not at all; the last one is taken back first. */
function together(first: Effect, second: Effect): Effect {
  const areAsked = first.postCondition.sql !== null && second.postCondition.sql !== null;
  return {
    name: first.name,
    undo: first.undo === null || second.undo === null ? null : [...second.undo, ...first.undo],
    // What cannot be asked must not be taken for done because the rest of the statement is.
    postCondition: areAsked ? both(first.postCondition, second.postCondition) : recordedInLedger(),
  };
}

function enumKey(input: RecipeInput, reference: RelationReference): RelationKey {
  return relationKey(findType(input.catalog, reference)?.name ?? nameForCreation(input.catalog, reference));
}

function alterEnumEffect(action: Extract<Action, { kind: 'alter-enum' }>, type: RelationKey): Effect {
  const label = action.change.kind === 'add-value' ? action.change.label : action.change.to;
  return { name: `enum-${action.name.name}`, undo: null, postCondition: enumHasLabel(type, label) };
}

function commandEffect(input: RecipeInput, table: RelationKey, command: AlterCommand): Effect {
  switch (command.kind) {
    case 'add-column': {
      const { name } = command.column;
      return {
        name: `add-column-${name}`,
        // IF NOT EXISTS adds nothing to what is there.
        undo: hasColumn(input, table, name) ? [] : [`ALTER TABLE ${table} DROP COLUMN ${quoteIdentifier(name)}`],
        postCondition: columnExists(table, name),
      };
    }
    case 'drop-column':
      return { name: `drop-column-${command.column}`, undo: null, postCondition: columnIsGone(table, command.column) };
    case 'set-not-null':
      return {
        name: `not-null-${command.column}`,
        undo: [`ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(command.column)} DROP NOT NULL`],
        postCondition: columnIsNotNull(table, command.column),
      };
    case 'drop-not-null':
      return { name: `nullable-${command.column}`, undo: null, postCondition: columnIsNullable(table, command.column) };
    case 'add-constraint': {
      const { name } = command.constraint;
      if (name === null) return { name: 'add-constraint', undo: null, postCondition: recordedInLedger() };
      return {
        name: `add-${name}`,
        undo: [`ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdentifier(name)}`],
        postCondition: constraintExists(table, name),
      };
    }
    case 'validate-constraint':
      return { name: `validate-${command.name}`, undo: [], postCondition: constraintIsValid(table, command.name) };
    case 'drop-constraint':
      return { name: `drop-${command.name}`, undo: null, postCondition: constraintIsGone(table, command.name) };
    default:
      return { name: command.kind, undo: null, postCondition: recordedInLedger() };
  }
}

function hasColumn({ catalog }: RecipeInput, table: RelationKey, name: string): boolean {
  return tableOf(catalog, table)?.columns.some((column) => column.name === name) === true;
}
