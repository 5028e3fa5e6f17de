import type { Node, RangeVar, WithClause } from 'libpg-query';
import type { RelationReference } from '../../model/relation-name.ts';
import { relationReference } from './relation-reference.ts';
import { nodesOf } from './tree-node.ts';

/** What a query touches. A relation that is read and written stands in `writes` only; each stands once. */
interface TouchedRelations {
  readonly reads: readonly RelationReference[];
  readonly writes: readonly RelationReference[];
  /** Those of `writes` that are read, too. */
  readonly alsoReads: readonly RelationReference[];
}

/** Statements whose `relation` is written. */
const WRITERS: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/**
 * Every relation that a statement reads or writes by name, in sub-selects, joins and common table expressions too. The
 * name of a common table expression is no relation where it can be seen.
 */
export function relationsIn(tree: Node): TouchedRelations {
  const reads = new Map<string, RelationReference>();
  const writes = new Map<string, RelationReference>();
  // A loop, as a machine-written query may be nested deeper than the call stack.
  const open: Place[] = [{ name: '', value: tree, hidden: new Set() }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { name, value, hidden } = place;
    if (typeof value !== 'object' || value === null) continue;
    if (WRITTEN === name) add(writes, value as RangeVar);
    else if (name === 'RangeVar') addUnlessHidden(reads, value as RangeVar, hidden);
    else pushPlaces(open, place);
  }
  return {
    reads: [...reads].filter(([key]) => !writes.has(key)).map(([, reference]) => reference),
    writes: [...writes.values()],
    alsoReads: [...reads].filter(([key]) => writes.has(key)).map(([, reference]) => reference),
  };
}

/** Like `relationsIn`, for several trees at once; `except` is left out. */
export function touchedBy(
  trees: readonly Node[],
  except: RelationReference | null = null,
): Pick<TouchedRelations, 'reads' | 'writes'> {
  const same = (a: RelationReference) => a.schema === except?.schema && a.name === except?.name;
  const touched = trees.map(relationsIn);
  return {
    reads: touched.flatMap((one) => one.reads).filter((one) => !same(one)),
    writes: touched.flatMap((one) => one.writes).filter((one) => !same(one)),
  };
}

/** A part of the tree: what hangs under `name`, and the common table expressions that can be seen from there. */
interface Place {
  readonly name: string;
  readonly value: unknown;
  readonly hidden: ReadonlySet<string>;
}

const WRITTEN = 'the relation that is written';

/** The target of SELECT INTO is made, not read; FOR UPDATE OF lists aliases. */
const LEFT_OUT: ReadonlySet<string> = new Set(['intoClause', 'LockingClause', 'withClause']);

/** The last first, so that the first comes next. */
function pushPlaces(open: Place[], { name, value, hidden }: Place): void {
  if (Array.isArray(value)) {
    for (let index = value.length - 1; index >= 0; index -= 1) open.push({ name, value: value[index], hidden });
    return;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const { places, visible } = commonTables(fields['withClause'] as WithClause | undefined, hidden);
  const names = Object.keys(fields);
  for (let index = names.length - 1; index >= 0; index -= 1) {
    const field = names[index] ?? '';
    const child = fields[field];
    if (typeof child !== 'object' || LEFT_OUT.has(field)) continue;
    const isWritten = field === 'relation' && WRITERS.has(name);
    open.push({ name: isWritten ? WRITTEN : field, value: child, hidden: visible });
  }
  for (let index = places.length - 1; index >= 0; index -= 1) {
    const place = places[index];
    if (place !== undefined) open.push(place);
  }
}

/** A common table expression sees those before it; a recursive WITH shows all its names to all its members. */
function commonTables(
  clause: WithClause | undefined,
  hidden: ReadonlySet<string>,
): { readonly places: readonly Place[]; readonly visible: ReadonlySet<string> } {
  if (clause === undefined) return { places: [], visible: hidden };
  const tables = nodesOf(clause.ctes, 'CommonTableExpr');
  const names = tables.map((table) => table.ctename ?? '');
  const places = tables.map((table, index) => {
    const seen = clause.recursive === true ? names : names.slice(0, index);
    return { name: 'CommonTableExpr', value: table, hidden: new Set([...hidden, ...seen]) };
  });
  return { places, visible: names.length === 0 ? hidden : new Set([...hidden, ...names]) };
}

function addUnlessHidden(to: Map<string, RelationReference>, range: RangeVar, hidden: ReadonlySet<string>): void {
  if (range.schemaname !== undefined || !hidden.has(range.relname ?? '')) add(to, range);
}

function add(to: Map<string, RelationReference>, range: RangeVar): void {
  const reference = relationReference(range);
  to.set(JSON.stringify([reference.schema, reference.name]), reference);
}
