import type { Node, RangeVar } from 'libpg-query';
import type { RelationReference } from '../../model/relation-name.ts';
import { asNode, strings } from './tree-node.ts';

/** The name of a table, view, index or sequence as the statement writes it. */
export function relationReference(range: RangeVar | undefined): RelationReference {
  return { schema: range?.schemaname ?? null, name: range?.relname ?? '' };
}

/** A name that the grammar gives as a list of its parts; a database in front is left out. */
export function namedBy(parts: readonly string[]): RelationReference {
  return { schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '' };
}

/**
 * The name of any object that a statement points at, in whichever of the shapes the grammar uses: a range variable, a
 * list, a plain string, a type, or a function with its arguments.
 */
export function objectReference(node: Node | undefined): RelationReference {
  const range = asNode(node, 'RangeVar');
  if (range !== null) return relationReference(range);
  const string = asNode(node, 'String');
  if (string !== null) return { schema: null, name: string.sval ?? '' };
  const list = asNode(node, 'List');
  if (list !== null) return namedBy(strings(list.items));
  const type = asNode(node, 'TypeName');
  if (type !== null) return namedBy(strings(type.names));
  return namedBy(strings(asNode(node, 'ObjectWithArgs')?.objname));
}
