/** A name as a statement writes it: the schema may be missing and is then found through the search path. */
export interface RelationReference {
  readonly schema: string | null;
  readonly name: string;
}

/** A name with its schema: what a catalog knows. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/**
 * `schema.name`, quoted only where PostgreSQL would need it. It is the key of every relation in a catalog and the way
 * relations are named in facts, findings, plans, events and reports.
 */
export type RelationKey = string;

/** By schema and name, as the same few thousand keys are asked for again and again. */
const KNOWN = new Map<string, Map<string, RelationKey>>();
const MOST_KNOWN = 10_000;

const PLAIN_IDENTIFIER = /^[a-z_][a-z0-9_$]*$/;

function keyPart(part: string): string {
  return PLAIN_IDENTIFIER.test(part) ? part : `"${part.replaceAll('"', '""')}"`;
}

/**
 * The key of a relation.
 *
 * @example relationKey({ schema: 'public', name: 'users' }) // 'public.users'
 * @example relationKey({ schema: 'public', name: 'Order' }) // 'public."Order"'
 */
export function relationKey({ schema, name }: QualifiedName): RelationKey {
  let keys = KNOWN.get(schema);
  if (keys === undefined || keys.size >= MOST_KNOWN) {
    keys = new Map();
    KNOWN.set(schema, keys);
  }
  let key = keys.get(name);
  if (key === undefined) {
    key = `${keyPart(schema)}.${keyPart(name)}`;
    keys.set(name, key);
  }
  return key;
}
