import type { Constraint } from 'libpg-query';
import type { ConstraintDefinition } from '../../model/definition.ts';
import { expressionOf } from './expression-of.ts';
import { quoteIdentifier } from './quote.ts';
import { relationReference } from './relation-reference.ts';
import { endOfElement, endOfName, type StatementSource, sliceSql } from './statement-source.ts';
import { isWord, joinTokens, type Token } from './token.ts';
import { asNode, nodesOf, strings } from './tree-node.ts';

/** What may follow a constraint. */
export interface ConstraintAttributes {
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  readonly enforced: boolean;
}

/** Where a constraint is written: its own text ends before token `end`; at a column its columns go without saying. */
interface ConstraintPlace {
  readonly end: number;
  /** The column that the constraint is written at, null for a constraint of the table. */
  readonly column: string | null;
  /** Attributes that the grammar keeps apart from a column's constraint. */
  readonly attributes: ConstraintAttributes;
}

/** Reads a constraint of a table, as an element of CREATE TABLE or after ALTER TABLE ADD. */
export function tableConstraintOf(constraint: Constraint, source: StatementSource): ConstraintDefinition | null {
  const end = endOfElement(source, source.tokenAt(constraint.location));
  const attributes = {
    deferrable: constraint.deferrable ?? false,
    initiallyDeferred: constraint.initdeferred ?? false,
    enforced: constraint.is_enforced ?? false,
  };
  return constraintOf(constraint, source, { end, column: null, attributes });
}

/**
 * Reads one constraint; null for what is none (DEFAULT, GENERATED, a plain NULL).
 *
 * `sql` is always in the form of a table constraint, whose columns are named, so that ADD CONSTRAINT can take it.
 */
export function constraintOf(
  constraint: Constraint,
  source: StatementSource,
  place: ConstraintPlace,
): ConstraintDefinition | null {
  const base = { name: constraint.conname ?? null, sql: constraintSql(constraint, source, place) };
  const columns = place.column === null ? strings(constraint.keys) : [place.column];
  switch (constraint.contype) {
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
      return {
        kind: constraint.contype === 'CONSTR_PRIMARY' ? 'primary-key' : 'unique',
        ...base,
        columns,
        include: strings(constraint.including),
        nullsNotDistinct: constraint.nulls_not_distinct ?? false,
        deferrable: place.attributes.deferrable,
        ...(place.attributes.initiallyDeferred ? { initiallyDeferred: true } : {}),
        usingIndex: constraint.indexname ?? null,
      };
    case 'CONSTR_FOREIGN':
      return { kind: 'foreign-key', ...base, ...foreignKeyOf(constraint, place) };
    case 'CONSTR_CHECK':
      if (constraint.raw_expr === undefined) return null;
      return {
        kind: 'check',
        ...base,
        expression: expressionOf(constraint.raw_expr, source),
        valid: constraint.skip_validation !== true && place.attributes.enforced,
        enforced: place.attributes.enforced,
        noInherit: constraint.is_no_inherit ?? false,
      };
    case 'CONSTR_NOTNULL':
      return { kind: 'not-null', ...base, column: columns[0] ?? '', valid: constraint.skip_validation !== true };
    case 'CONSTR_EXCLUSION':
      return { kind: 'exclude', ...base, columns: excludedColumns(constraint) };
    default:
      return null;
  }
}

const ACTIONS: Readonly<Record<string, string>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

function foreignKeyOf(
  constraint: Constraint,
  place: ConstraintPlace,
): Omit<Extract<ConstraintDefinition, { kind: 'foreign-key' }>, 'kind' | 'name' | 'sql'> {
  const onDeleteColumns = strings(constraint.fk_del_set_cols);
  return {
    columns: place.column === null ? strings(constraint.fk_attrs) : [place.column],
    references: relationReference(constraint.pktable),
    referencedColumns: strings(constraint.pk_attrs),
    valid: constraint.skip_validation !== true && place.attributes.enforced,
    enforced: place.attributes.enforced,
    deferrable: place.attributes.deferrable,
    ...(place.attributes.initiallyDeferred ? { initiallyDeferred: true } : {}),
    ...(constraint.fk_matchtype === 'f' ? { matchFull: true } : {}),
    ...(onDeleteColumns.length === 0 ? {} : { onDeleteColumns }),
    onDelete: ACTIONS[constraint.fk_del_action ?? 'a'] ?? 'NO ACTION',
    onUpdate: ACTIONS[constraint.fk_upd_action ?? 'a'] ?? 'NO ACTION',
  };
}

/** The columns among an EXCLUDE constraint's keys; expressions have none. */
function excludedColumns(constraint: Constraint): readonly string[] {
  return nodesOf(constraint.exclusions, 'List').flatMap((pair) => {
    const element = asNode(pair.items?.[0], 'IndexElem');
    return element?.name ?? [];
  });
}

function constraintSql(constraint: Constraint, source: StatementSource, place: ConstraintPlace): string {
  const tokens = source.tokens();
  let start = source.tokenAt(constraint.location);
  if (isWord(tokens[start], 'CONSTRAINT')) start = endOfName(source, start + 1);
  const own = tokens.slice(start, place.end);
  const notValid = own.findIndex((token, index) => isWord(token, 'NOT') && isWord(own[index + 1], 'VALID'));
  const kept = notValid < 0 ? own : [...own.slice(0, notValid), ...own.slice(notValid + 2)];
  if (place.column === null) return joinTokens(kept);
  const column = quoteIdentifier(place.column);
  if (constraint.contype === 'CONSTR_FOREIGN') return `FOREIGN KEY (${column}) ${joinTokens(kept)}`;
  if (constraint.contype === 'CONSTR_CHECK') return joinTokens(kept);
  const words = wordsBeforeColumns(constraint, kept);
  const rest = sliceSql(source, start + words, place.end);
  const list = constraint.contype === 'CONSTR_NOTNULL' ? column : `(${column})`;
  return [sliceSql(source, start, start + words), list, rest].filter((part) => part !== '').join(' ');
}

/** `NOT NULL`, `PRIMARY KEY`, `UNIQUE`, `UNIQUE NULLS [NOT] DISTINCT`: the columns follow. */
function wordsBeforeColumns(constraint: Constraint, tokens: readonly Token[]): number {
  if (constraint.contype !== 'CONSTR_UNIQUE') return 2;
  if (!isWord(tokens[1], 'NULLS')) return 1;
  return isWord(tokens[2], 'NOT') ? 4 : 3;
}

/** Whether this is DEFERRABLE, NOT ENFORCED and the like, which the grammar lists after a column's constraint. */
export function isAttribute(constraint: Constraint): boolean {
  return constraint.contype?.startsWith('CONSTR_ATTR_') ?? false;
}
