import type { ColumnDef, Constraint } from 'libpg-query';
import type { DataType } from '../../model/data-type.ts';
import type { ColumnDefinition } from '../../model/definition.ts';
import { type ConstraintAttributes, constraintOf, isAttribute } from './constraint-of.ts';
import { dataTypeOf, isSerialType } from './data-type-of.ts';
import { expressionOf } from './expression-of.ts';
import { quoteIdentifier } from './quote.ts';
import { endOfElement, findWord, type StatementSource, sliceSql } from './statement-source.ts';
import { nodesOf, strings } from './tree-node.ts';
import { writtenType } from './written-type.ts';

const UNTYPED: DataType = { schema: null, name: 'unknown', modifiers: [], arrayDimensions: 0 };

/**
 * Reads a column of CREATE TABLE or ADD COLUMN. What follows from something else is left to the catalog: a primary key,
 * an identity or `serial` makes a column NOT NULL without `notNull` being set here.
 */
export function columnOf(column: ColumnDef, source: StatementSource): ColumnDefinition {
  const name = column.colname ?? '';
  const type = column.typeName;
  const parts = nodesOf(column.constraints, 'Constraint');
  const generated = parts.find((part) => part.contype === 'CONSTR_GENERATED');
  const identity = parts.find((part) => part.contype === 'CONSTR_IDENTITY');
  const value = (generated ?? parts.find((part) => part.contype === 'CONSTR_DEFAULT'))?.raw_expr;
  return {
    name,
    // A column of a typed table or a partition (`PARTITION OF p (a NOT NULL)`) leaves its type to the parent.
    type: type === undefined ? UNTYPED : dataTypeOf(type),
    typeSql: type === undefined ? '' : writtenType(type, source),
    serial: type !== undefined && isSerialType(type),
    notNull: parts.some((part) => part.contype === 'CONSTR_NOTNULL'),
    collation: collationSql(column),
    ...(column.compression ? { compression: column.compression } : {}),
    ...(column.storage_name ? { storage: column.storage_name } : {}),
    default: value === undefined ? null : expressionOf(value, source),
    identity: identity === undefined ? null : identity.generated_when === 'a' ? 'always' : 'by-default',
    ...identityOptions(identity, source),
    generated: generated === undefined ? null : generated.generated_kind === 'v' ? 'virtual' : 'stored',
    constraints: columnConstraints(column, parts, source),
  };
}

/** `(START WITH 100)` behind IDENTITY. */
function identityOptions(identity: Constraint | undefined, source: StatementSource): { readonly identitySql?: string } {
  if ((identity?.options ?? []).length === 0) return {};
  const word = findWord(source, 'IDENTITY', source.tokenAt(identity?.location));
  const tokens = source.tokens();
  const depth = tokens[word]?.depth ?? 0;
  const end = tokens.findIndex((token, index) => index > word + 1 && token.depth === depth && token.text === ')');
  return word < 0 || end < 0 ? {} : { identitySql: sliceSql(source, word + 1, end + 1) };
}

/** The collation of a column as SQL, or null. */
export function collationSql(column: ColumnDef): string | null {
  const names = strings(column.collClause?.collname);
  return names.length === 0 ? null : names.map(quoteIdentifier).join('.');
}

function columnConstraints(
  column: ColumnDef,
  parts: readonly Constraint[],
  source: StatementSource,
): ColumnDefinition['constraints'] {
  const wanted = parts.filter((part) => part.contype !== 'CONSTR_NOTNULL' || part.conname !== undefined);
  if (!wanted.some(isKept)) return [];
  const elementEnd = endOfElement(source, source.tokenAt(column.location));
  const clauseStarts = [
    ...parts.filter((part) => !isAttribute(part)),
    ...(column.collClause ? [column.collClause] : []),
  ]
    .map((clause) => source.tokenAt(clause.location))
    .sort((a, b) => a - b);
  return wanted.filter(isKept).flatMap((part) => {
    const start = source.tokenAt(part.location);
    const end = clauseStarts.find((other) => other > start) ?? elementEnd;
    const place = { end, column: column.colname ?? '', attributes: attributesOf(part, parts) };
    return constraintOf(part, source, place) ?? [];
  });
}

const KEPT: ReadonlySet<string> = new Set([
  'CONSTR_PRIMARY',
  'CONSTR_UNIQUE',
  'CONSTR_CHECK',
  'CONSTR_FOREIGN',
  'CONSTR_NOTNULL',
]);

function isKept(part: Constraint): boolean {
  return KEPT.has(part.contype ?? '');
}

/** A column's constraint takes its attributes from the nodes that follow it. */
function attributesOf(part: Constraint, parts: readonly Constraint[]): ConstraintAttributes {
  const rest = parts.slice(parts.indexOf(part) + 1);
  const next = rest.findIndex((one) => !isAttribute(one));
  const attributes = rest.slice(0, next < 0 ? rest.length : next).map((one) => one.contype);
  return {
    deferrable: attributes.includes('CONSTR_ATTR_DEFERRABLE') || attributes.includes('CONSTR_ATTR_DEFERRED'),
    initiallyDeferred: attributes.includes('CONSTR_ATTR_DEFERRED'),
    enforced: !attributes.includes('CONSTR_ATTR_NOT_ENFORCED'),
  };
}
