import type {
  AlterDomainStmt,
  AlterEnumStmt,
  AlterTypeStmt,
  CompositeTypeStmt,
  CreateDomainStmt,
  CreateEnumStmt,
  CreateRangeStmt,
  DefineStmt,
} from 'libpg-query';
import type { Action, AlterDomain, AlterEnum, CreateDomain, CreateEnum, CreateType } from '../../model/action.ts';
import { InvariantError } from '../../model/error.ts';
import { dataTypeOf } from './data-type-of.ts';
import { expressionOf } from './expression-of.ts';
import { namedBy, relationReference } from './relation-reference.ts';
import type { StatementSource } from './statement-source.ts';
import { asNode, nodesOf, strings } from './tree-node.ts';

/** CREATE TYPE ... AS ENUM. */
export function readCreateEnum(statement: CreateEnumStmt): CreateEnum {
  return { kind: 'create-enum', name: namedBy(strings(statement.typeName)), labels: strings(statement.vals) };
}

/** ALTER TYPE ... ADD VALUE and RENAME VALUE. */
export function readAlterEnum(statement: AlterEnumStmt): AlterEnum {
  const name = namedBy(strings(statement.typeName));
  const label = statement.newVal ?? '';
  if (statement.oldVal !== undefined) {
    return { kind: 'alter-enum', name, change: { kind: 'rename-value', from: statement.oldVal, to: label } };
  }
  const neighbor = statement.newValNeighbor ?? null;
  const change = {
    kind: 'add-value',
    label,
    ifNotExists: statement.skipIfNewValExists ?? false,
    neighbor,
    after: neighbor !== null && statement.newValIsAfter === true,
  } as const;
  return { kind: 'alter-enum', name, change };
}

/** CREATE DOMAIN. */
export function readCreateDomain(statement: CreateDomainStmt, source: StatementSource): CreateDomain {
  if (statement.typeName === undefined) throw new InvariantError(`A domain has no type: ${source.sql}`);
  const parts = nodesOf(statement.constraints, 'Constraint');
  return {
    kind: 'create-domain',
    name: namedBy(strings(statement.domainname)),
    base: dataTypeOf(statement.typeName),
    notNull: parts.some((part) => part.contype === 'CONSTR_NOTNULL'),
    constraints: parts.flatMap((part) =>
      part.contype === 'CONSTR_CHECK' && part.raw_expr !== undefined
        ? [{ name: part.conname ?? null, expression: expressionOf(part.raw_expr, source) }]
        : [],
    ),
  };
}

/** ALTER DOMAIN; a change that we do not know stays opaque. */
export function readAlterDomain(statement: AlterDomainStmt, source: StatementSource): Action {
  const change = domainChange(statement, source);
  if (change === null) return { kind: 'opaque', statementName: 'AlterDomainStmt' };
  return { kind: 'alter-domain', name: namedBy(strings(statement.typeName)), change };
}

/** The letters are those of AlterDomainStmt.subtype in parsenodes.h. */
function domainChange(statement: AlterDomainStmt, source: StatementSource): AlterDomain['change'] | null {
  const name = statement.name ?? '';
  switch (statement.subtype) {
    case 'T':
      return { kind: statement.def === undefined ? 'drop-default' : 'set-default' };
    case 'N':
      return { kind: 'drop-not-null' };
    case 'O':
      return { kind: 'set-not-null' };
    case 'X':
      return { kind: 'drop-constraint', name, ifExists: statement.missing_ok ?? false };
    case 'V':
      return { kind: 'validate-constraint', name };
    default:
      return addedConstraint(statement, source);
  }
}

function addedConstraint(statement: AlterDomainStmt, source: StatementSource): AlterDomain['change'] | null {
  const constraint = asNode(statement.def, 'Constraint');
  if (constraint?.contype === 'CONSTR_NOTNULL') return { kind: 'set-not-null' };
  if (constraint?.contype !== 'CONSTR_CHECK' || constraint.raw_expr === undefined) return null;
  return {
    kind: 'add-constraint',
    name: constraint.conname ?? null,
    expression: expressionOf(constraint.raw_expr, source),
    valid: constraint.skip_validation !== true,
  };
}

/** CREATE TYPE ... AS (...). */
export function readCompositeType(statement: CompositeTypeStmt): CreateType {
  return { kind: 'create-type', name: relationReference(statement.typevar), type: 'composite', verb: 'create' };
}

/** CREATE TYPE ... AS RANGE. */
export function readRangeType(statement: CreateRangeStmt): CreateType {
  return { kind: 'create-type', name: namedBy(strings(statement.typeName)), type: 'range', verb: 'create' };
}

/** CREATE TYPE of a base or shell type; the grammar makes aggregates, operators and collations in the same way. */
export function readDefine(statement: DefineStmt): Action {
  if (statement.kind !== 'OBJECT_TYPE') return { kind: 'opaque', statementName: 'DefineStmt' };
  return { kind: 'create-type', name: namedBy(strings(statement.defnames)), type: 'other', verb: 'create' };
}

/** ALTER TYPE ... SET (...) of a base type. */
export function readAlterType(statement: AlterTypeStmt): CreateType {
  return { kind: 'create-type', name: namedBy(strings(statement.typeName)), type: 'other', verb: 'alter' };
}
