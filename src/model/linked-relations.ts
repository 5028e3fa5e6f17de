import type { Catalog, Relation } from './catalog.ts';
import { PagedMap } from './paged-map.ts';
import {
  type LinkedRelation,
  type LinkKind,
  linkKey,
  linksAfter,
  linksOf,
  type Relations,
  withKey,
} from './relation-links.ts';
import { type RelationKey, relationKey } from './relation-name.ts';

/** Under which the relations of a catalog answer who keeps them; no key of JSON is a symbol. */
const KEEPER = Symbol('keeper');

/**
 * The relations of a catalog with the links between them. A statement changes one or two of thousands: the next version
 * shares the rest, and looks to its readers like any other object of JSON.
 */
class LinkedRelations implements ProxyHandler<Relations> {
  readonly #relations: PagedMap<LinkedRelation>;
  readonly #links: PagedMap<readonly RelationKey[]>;

  constructor(relations: PagedMap<LinkedRelation>, links: PagedMap<readonly RelationKey[]>) {
    this.#relations = relations;
    this.#links = links;
  }

  linked(link: string): readonly RelationKey[] {
    return this.#links.get(link) ?? NONE;
  }

  put(key: RelationKey, relation: Relation): LinkedRelations {
    const before = this.#relations.get(key);
    const links = linksAfter(before, relation);
    return new LinkedRelations(
      this.#relations.put(key, { relation, links }),
      this.#relinked(key, before?.links ?? NONE, links),
    );
  }

  remove(key: RelationKey): LinkedRelations {
    const before = this.#relations.get(key);
    if (before === undefined) return this;
    return new LinkedRelations(this.#relations.remove(key), this.#relinked(key, before.links, NONE));
  }

  rename(key: RelationKey, to: RelationKey, relation: Relation): LinkedRelations {
    const without = this.remove(key).put(to, relation);
    const links = linksOf(relation);
    return new LinkedRelations(this.#relations.rename(key, to, { relation, links }), without.#links);
  }

  #relinked(key: RelationKey, old: readonly string[], now: readonly string[]): PagedMap<readonly RelationKey[]> {
    let links = this.#links;
    if (now === old) return links;
    const [before, after] = [new Set(old), new Set(now)];
    for (const link of old) {
      if (after.has(link)) continue;
      const left = this.linked(link).filter((other) => other !== key);
      links = left.length === 0 ? links.remove(link) : links.put(link, left);
    }
    for (const link of now) if (!before.has(link)) links = links.put(link, withKey(links.get(link) ?? NONE, key));
    return links;
  }

  get(target: Relations, key: string | symbol): unknown {
    if (typeof key === 'symbol') return key === KEEPER ? this : Reflect.get(target, key);
    const relation = this.#relations.get(key)?.relation;
    // What every object has bears no dot, and nearly all that is asked for has one.
    return relation ?? (key.includes('.') ? undefined : Reflect.get(target, key));
  }

  has(target: Relations, key: string | symbol): boolean {
    return (typeof key === 'string' && this.#relations.get(key) !== undefined) || Reflect.has(target, key);
  }

  ownKeys(): string[] {
    return [...this.#relations.keys()];
  }

  getOwnPropertyDescriptor(_target: Relations, key: string | symbol): PropertyDescriptor | undefined {
    const value = typeof key === 'string' ? this.#relations.get(key)?.relation : undefined;
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

const NONE: readonly string[] = [];

/** Of relations that are still an object of JSON. */
const known = new WeakMap<Relations, LinkedRelations>();

function linkedOf(relations: Relations & { readonly [KEEPER]?: LinkedRelations }): LinkedRelations {
  const before = relations[KEEPER] ?? known.get(relations);
  if (before !== undefined) return before;
  const keysOfLinks = new Map<string, RelationKey[]>();
  const entries = Object.entries(relations).map(
    ([key, relation]) => [key, { relation, links: linksOf(relation) }] as const,
  );
  for (const [key, { links }] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const link of links) {
      const keys = keysOfLinks.get(link);
      if (keys === undefined) keysOfLinks.set(link, [key]);
      else keys.push(key);
    }
  }
  const linked = new LinkedRelations(PagedMap.of(entries), PagedMap.of(keysOfLinks));
  known.set(relations, linked);
  return linked;
}

function withRelations(catalog: Catalog, linked: LinkedRelations): Catalog {
  return { ...catalog, relations: new Proxy({}, linked) };
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
