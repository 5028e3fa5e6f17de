import type { Catalog, Column, Relation, Table, View } from '../../src/model/catalog.ts';
import { type QualifiedName, type RelationKey, relationKey } from '../../src/model/relation-name.ts';
import type { Choices } from './choices.ts';

/** What statements call the things that they make. */
const MADE = /^(made|renamed|Made Up)/;

/** Names of a schema, chosen at random; now and then one that does not exist. */
export class Names {
  readonly #choices: Choices;
  readonly #relations: readonly Relation[];
  /** Relations that are preferred: those of a chain, and what the chain made itself. */
  readonly #near: readonly Relation[];
  readonly catalog: Catalog;

  constructor(catalog: Catalog, choices: Choices, near: ReadonlySet<RelationKey> = new Set()) {
    this.catalog = catalog;
    this.#choices = choices;
    this.#relations = Object.keys(catalog.relations)
      .sort()
      .flatMap((key) => catalog.relations[key] ?? []);
    this.#near =
      near.size === 0
        ? []
        : this.#relations.filter((one) => near.has(relationKey(one.name)) || MADE.test(one.name.name));
  }

  /** Those of a kind: of the preferred ones, three times out of four. */
  #ofKind(kind: Relation['kind']): readonly Relation[] {
    const near = this.#near.filter((one) => one.kind === kind);
    const isNear = near.length > 0 && this.#choices.below(4) < 3;
    return isNear ? near : this.#relations.filter((one) => one.kind === kind);
  }

  tables(): readonly Table[] {
    return this.#relations.filter((one): one is Table => one.kind === 'table');
  }

  table(): Table {
    const table = this.#choices.one(this.#ofKind('table').filter((one): one is Table => one.kind === 'table'));
    if (table === undefined) throw new RangeError('The schema has no tables.');
    return table;
  }

  views(kind: View['kind']): readonly View[] {
    return this.#relations.filter((one): one is View => one.kind === kind);
  }

  /** The name of any relation of a kind; rarely of another one, or of none. */
  relation(kind: Relation['kind']): string {
    const others = this.#relations.filter((one) => one.kind !== kind);
    switch (this.#choices.below(14)) {
      case 12:
        return this.written(this.#choices.one(others)?.name ?? null);
      case 13:
        return 'no_such_thing';
      default:
        return this.written(this.#choices.one(this.#ofKind(kind))?.name ?? null);
    }
  }

  /** With its schema where the search path does not lead to it; rarely also where it does. */
  written(name: QualifiedName | null): string {
    if (name === null) return 'no_such_thing';
    const key = relationKey(name);
    return name.schema === 'public' && this.#choices.rarely('x') === '' ? key.slice(key.indexOf('.') + 1) : key;
  }

  column(table: Table): string {
    const names = table.columns.map((column) => column.name);
    return this.#choices.below(30) === 29 ? 'no_such_column' : quoted(this.#choices.one(names, 'id'));
  }

  /** A column of one of some types, if the table has one. */
  columnOf(table: Table, types: readonly string[]): Column | null {
    return this.#choices.one(
      table.columns.filter((column) => column.type.arrayDimensions === 0 && types.includes(column.type.name)),
      null,
    );
  }

  columns(table: Table): string {
    const first = this.column(table);
    if (this.#choices.below(3) < 2) return first;
    const second = this.column(table);
    return first === second ? first : `${first}, ${second}`;
  }

  constraint(table: Table): string {
    const names = table.constraints.map((one) => one.name);
    return this.#choices.below(12) === 11 ? 'no_such_constraint' : quoted(this.#choices.one(names, 'nothing'));
  }

  index(table: Table | View): string {
    const names = table.indexes.map((one) => one.name);
    return this.#choices.below(12) === 11 ? 'no_such_index' : quoted(this.#choices.one(names, 'nothing_idx'));
  }

  /** The name of an index as a statement about indexes writes it. */
  indexAnywhere(): string {
    const holders = this.#relations.filter(
      (one): one is Table | View => one.kind !== 'sequence' && one.indexes.length > 0,
    );
    const holder = this.#choices.one(holders);
    if (holder === undefined || this.#choices.below(14) === 13) return this.relation('table');
    const index = this.#choices.one(
      holder.indexes.map((one) => one.name),
      'nothing_idx',
    );
    return this.written({ schema: holder.name.schema, name: index });
  }

  trigger(table: Table): string {
    return quoted(
      this.#choices.one(
        table.triggers.map((one) => one.name),
        'no_such_trigger',
      ),
    );
  }

  policy(table: Table): string {
    return quoted(this.#choices.one(table.policies, 'no_such_policy'));
  }

  type(kind: 'enum' | 'domain' | 'composite'): string {
    const types = Object.values(this.catalog.types).filter((one) => one.kind === kind);
    return this.#choices.below(12) === 11 ? 'no_such_type' : this.written(this.#choices.one(types)?.name ?? null);
  }

  function(): string {
    const names = Object.values(this.catalog.functions).map((one) => one.name);
    return this.#choices.below(12) === 11 ? 'no_such_function' : this.written(this.#choices.one(names, null));
  }
}

/** An identifier as SQL. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
