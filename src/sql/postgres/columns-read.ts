import type { Alias, JoinExpr, Node, RangeVar } from 'libpg-query';
import type { RelationReference } from '../../model/relation-name.ts';
import { stringOf, strings } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/**
 * The columns that a query names, relation by relation in the order of `reads`; null where it takes whole rows, whose
 * columns it does not tell. A column without its table's name may be any table's; `o.id` is one of `o`'s only.
 */
export function columnsRead(query: Node, reads: readonly RelationReference[]): readonly (readonly string[] | null)[] {
  const found = reads.map((reference) => new RelationColumns(reference));
  const joined = new Set<string>();
  walkTree([query], (name, value) => {
    if (name === 'RangeVar') for (const one of found) one.addRange(value as RangeVar);
    if (name === 'JoinExpr') addAlias(joined, (value as JoinExpr).alias);
    return true;
  });
  walkTree([query], (_name, value) => {
    if ('isNatural' in value && value.isNatural === true) for (const one of found) one.addRow();
    if ('usingClause' in value) {
      for (const column of strings(value.usingClause as Node[])) for (const one of found) one.addColumn(column);
    }
    if ('fields' in value) addReference(found, joined, value.fields as Node[]);
    return true;
  });
  return found.map((one) => one.columns());
}

function addReference(found: readonly RelationColumns[], joined: ReadonlySet<string>, fields: readonly Node[]): void {
  const column = stringOf(fields.at(-1));
  const owner = fields.length > 1 ? stringOf(fields.at(-2)) : null;
  for (const one of found) {
    if (owner !== null && !joined.has(owner) && !one.isCalled(owner)) continue;
    // `SELECT t FROM t` is the whole row of t, unless t happens to have a column t.
    if (column === null || (owner === null && one.isCalled(column))) one.addRow();
    else one.addColumn(column);
  }
}

function addAlias(names: Set<string>, alias: Alias | undefined): void {
  if (alias?.aliasname !== undefined) names.add(alias.aliasname);
}

/** What a query names of one relation, by whatever name it calls it. */
class RelationColumns {
  readonly #reference: RelationReference;
  readonly #names = new Set<string>();
  readonly #columns = new Set<string>();
  #wholeRow = false;

  constructor(reference: RelationReference) {
    this.#reference = reference;
  }

  addRange(range: RangeVar): void {
    if (range.relname !== this.#reference.name || (range.schemaname ?? null) !== this.#reference.schema) return;
    this.#names.add(range.alias?.aliasname ?? range.relname);
    if (range.alias?.colnames !== undefined) this.#wholeRow = true;
  }

  isCalled(name: string): boolean {
    return this.#names.has(name);
  }

  addRow(): void {
    this.#wholeRow = true;
  }

  addColumn(column: string): void {
    this.#columns.add(column);
  }

  columns(): readonly string[] | null {
    return this.#wholeRow ? null : [...this.#columns];
  }
}
