import type { Node } from 'libpg-query';

/** The names of the grammar's nodes: `SelectStmt`, `ColumnRef`, ... */
export type NodeKind = Node extends infer One ? (One extends unknown ? keyof One & string : never) : never;

/** What stands behind a node's name. */
export type NodeOf<K extends NodeKind> = Extract<Node, Readonly<Record<K, unknown>>>[K];

/** The node when it is of that kind, else null. */
export function asNode<K extends NodeKind>(node: Node | undefined, kind: K): NodeOf<K> | null {
  if (node === undefined) return null;
  return ((node as Readonly<Record<string, unknown>>)[kind] as NodeOf<K> | undefined) ?? null;
}

/** The name of a node's kind. */
export function nodeKind(node: Node): NodeKind {
  return (Object.keys(node)[0] ?? 'String') as NodeKind;
}

/** All nodes of one kind in a list; others are left out. */
export function nodesOf<K extends NodeKind>(nodes: readonly Node[] | undefined, kind: K): readonly NodeOf<K>[] {
  const found: NodeOf<K>[] = [];
  for (const node of nodes ?? []) {
    const one = asNode(node, kind);
    if (one !== null) found.push(one);
  }
  return found;
}

/** The texts of a list of String nodes, as qualified names and column lists are written. */
export function strings(nodes: readonly Node[] | undefined): readonly string[] {
  return nodesOf(nodes, 'String').map((node) => node.sval ?? '');
}

/** The text of a String node, or null. */
export function stringOf(node: Node | undefined): string | null {
  return asNode(node, 'String')?.sval ?? null;
}
