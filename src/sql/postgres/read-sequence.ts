import type { AlterSeqStmt, CreateSeqStmt, Node } from 'libpg-query';
import type { AlterSequence, CreateSequence } from '../../model/action.ts';
import { dataTypeOf } from './data-type-of.ts';
import { namedBy, relationReference } from './relation-reference.ts';
import { asNode, nodesOf, strings } from './tree-node.ts';

/** CREATE SEQUENCE; the type is `int8` unless the statement says otherwise. */
export function readCreateSequence(statement: CreateSeqStmt): CreateSequence {
  const owner = ownedBy(statement.options);
  return {
    kind: 'create-sequence',
    name: relationReference(statement.sequence),
    type: typeIn(statement.options) ?? 'int8',
    ifNotExists: statement.if_not_exists ?? false,
    ownedBy: owner === 'none' ? null : owner,
  };
}

/** ALTER SEQUENCE with the options of CREATE SEQUENCE. */
export function readAlterSequence(statement: AlterSeqStmt): AlterSequence {
  return {
    kind: 'alter-sequence',
    name: relationReference(statement.sequence),
    ifExists: statement.missing_ok ?? false,
    options: nodesOf(statement.options, 'DefElem').map((option) => option.defname ?? ''),
    type: typeIn(statement.options),
    ownedBy: ownedBy(statement.options),
  };
}

function optionNamed(options: readonly Node[] | undefined, name: string): Node | undefined {
  return nodesOf(options, 'DefElem').find((option) => option.defname === name)?.arg;
}

function typeIn(options: readonly Node[] | undefined): string | null {
  const type = asNode(optionNamed(options, 'as'), 'TypeName');
  return type === null ? null : dataTypeOf(type).name;
}

function ownedBy(options: readonly Node[] | undefined): AlterSequence['ownedBy'] {
  const parts = strings(asNode(optionNamed(options, 'owned_by'), 'List')?.items);
  const column = parts.at(-1);
  if (column === undefined) return null;
  return parts.length === 1 ? 'none' : { table: namedBy(parts.slice(0, -1)), column };
}
