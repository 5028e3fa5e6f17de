import type { Catalog, Relation } from './catalog.ts';
import { LayeredMap } from './layered-map.ts';
import { type LinkKind, linkKey, linksOf, type Relations, withKey } from './relation-links.ts';
import { type RelationKey, relationKey } from './relation-name.ts';

/**
 * The relations of a catalog with the links between them. A statement changes one or two of thousands: the next version
 * shares the rest, and looks to its readers like any other object of JSON.
 */
class LinkedRelations implements ProxyHandler<Relations> {
  readonly #relations: LayeredMap<Relation>;
  readonly #links: LayeredMap<readonly RelationKey[]>;

  constructor(relations: LayeredMap<Relation>, links: LayeredMap<readonly RelationKey[]>) {
    this.#relations = relations;
    this.#links = links;
  }

  linked(link: string): readonly RelationKey[] {
    return this.#links.get(link) ?? [];
  }

  put(key: RelationKey, relation: Relation): LinkedRelations {
    const before = this.#relations.get(key);
    return new LinkedRelations(this.#relations.put(key, relation), this.#relinked(key, before, relation));
  }

  remove(key: RelationKey): LinkedRelations {
    const before = this.#relations.get(key);
    if (before === undefined) return this;
    return new LinkedRelations(this.#relations.remove(key), this.#relinked(key, before, undefined));
  }

  rename(key: RelationKey, to: RelationKey, relation: Relation): LinkedRelations {
    const without = this.remove(key).put(to, relation);
    return new LinkedRelations(this.#relations.rename(key, to, relation), without.#links);
  }

  #relinked(
    key: RelationKey,
    before: Relation | undefined,
    after: Relation | undefined,
  ): LayeredMap<readonly RelationKey[]> {
    const old = before === undefined ? [] : linksOf(before);
    const now = after === undefined ? [] : linksOf(after);
    let links = this.#links;
    for (const link of old) {
      if (now.includes(link)) continue;
      const left = this.linked(link).filter((other) => other !== key);
      links = left.length === 0 ? links.remove(link) : links.put(link, left);
    }
    for (const link of now) if (!old.includes(link)) links = links.put(link, withKey(links.get(link) ?? [], key));
    return links;
  }

  get(target: Relations, key: string | symbol): unknown {
    return (typeof key === 'string' ? this.#relations.get(key) : undefined) ?? Reflect.get(target, key);
  }

  has(target: Relations, key: string | symbol): boolean {
    return (typeof key === 'string' && this.#relations.get(key) !== undefined) || Reflect.has(target, key);
  }

  ownKeys(): string[] {
    return [...this.#relations.keys()];
  }

  getOwnPropertyDescriptor(_target: Relations, key: string | symbol): PropertyDescriptor | undefined {
    const value = typeof key === 'string' ? this.#relations.get(key) : undefined;
    return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false };
  }

  set(): boolean {
    return false;
  }

  defineProperty(): boolean {
    return false;
  }

  deleteProperty(): boolean {
    return false;
  }
}

const known = new WeakMap<Relations, LinkedRelations>();

function linkedOf(relations: Relations): LinkedRelations {
  const before = known.get(relations);
  if (before !== undefined) return before;
  const links = new Map<string, RelationKey[]>();
  for (const key of Object.keys(relations).sort()) {
    const relation = relations[key];
    for (const link of relation === undefined ? [] : linksOf(relation)) {
      const keys = links.get(link);
      if (keys === undefined) links.set(link, [key]);
      else keys.push(key);
    }
  }
  const linked = new LinkedRelations(new LayeredMap(new Map(Object.entries(relations))), new LayeredMap(links));
  known.set(relations, linked);
  return linked;
}

function withRelations(catalog: Catalog, linked: LinkedRelations): Catalog {
  const relations: Relations = new Proxy({}, linked);
  known.set(relations, linked);
  return { ...catalog, relations };
}

/** Keys of the relations that such a link leads to, sorted. */
export function linkedKeys({ relations }: Catalog, kind: LinkKind, to: string): readonly RelationKey[] {
  return linkedOf(relations).linked(linkKey(kind, to));
}

/** The catalog with the relation under its own name, in place of what was there; the rest is shared. */
export function withRelation(catalog: Catalog, relation: Relation): Catalog {
  const key = relationKey(relation.name);
  if (catalog.relations[key] === relation) return catalog;
  return withRelations(catalog, linkedOf(catalog.relations).put(key, relation));
}

/** The catalog with the relation in the place of the one that had that key before. */
export function withRenamedRelation(catalog: Catalog, before: RelationKey, relation: Relation): Catalog {
  return withRelations(catalog, linkedOf(catalog.relations).rename(before, relationKey(relation.name), relation));
}

/** The catalog without the relations of those keys; the rest is shared. What points at them is left alone. */
export function withoutRelations(catalog: Catalog, keys: Iterable<RelationKey>): Catalog {
  const before = linkedOf(catalog.relations);
  let linked = before;
  for (const key of keys) linked = linked.remove(key);
  return linked === before ? catalog : withRelations(catalog, linked);
}
