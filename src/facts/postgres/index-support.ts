import type { Column } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { IndexKey } from '../../model/definition.ts';
import { baseTypeOf } from './base-type.ts';
import { INDEXED_TYPES } from './built-in-index-support.ts';
import { expressionType } from './expression-type.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** What an access method of the server can do (amroutine of each); others come with extensions and are let pass. */
interface MethodAbilities {
  readonly unique: boolean;
  readonly ordered: boolean;
  readonly manyColumns: boolean;
  /** First major whose indexes carry other columns along; null for none. */
  readonly includeSince: number | null;
}

const METHODS: Readonly<Record<string, MethodAbilities>> = {
  btree: { unique: true, ordered: true, manyColumns: true, includeSince: 13 },
  hash: { unique: false, ordered: false, manyColumns: false, includeSince: null },
  gist: { unique: false, ordered: false, manyColumns: true, includeSince: 13 },
  gin: { unique: false, ordered: false, manyColumns: true, includeSince: null },
  brin: { unique: false, ordered: false, manyColumns: true, includeSince: null },
  spgist: { unique: false, ordered: false, manyColumns: false, includeSince: 14 },
};

/** An index as far as its access method has a say in it. */
export interface MethodUse {
  readonly method: string;
  readonly unique: boolean;
  readonly keys: readonly IndexKey[];
  readonly include: readonly string[];
  /** ASC, DESC or NULLS FIRST and LAST is written. */
  readonly isOrdered: boolean;
}

/** Notes what the access method of an index cannot do, but for the types of its columns. */
export function refuseMethod(context: FactsContext, use: MethodUse): void {
  const { draft } = context;
  const able = METHODS[use.method];
  if (able === undefined) {
    const isMissing = context.catalogIsComplete && context.catalog.extensions?.length === 0;
    if (isMissing) addFailure(draft, '42704', `there is no access method ${use.method}`);
    return;
  }
  const cannot = (what: string): void => addFailure(draft, '0A000', `a ${use.method} index cannot ${what}`);
  if (use.unique && !able.unique) cannot('be unique');
  const carries = able.includeSince !== null && context.version.major >= able.includeSince;
  if (use.include.length > 0 && !carries) cannot('carry other columns along');
  if (use.keys.length > 1 && !able.manyColumns) cannot('have several columns');
}

/** Notes a column whose type the access method does not take without being told an operator class, or in an order. */
export function refuseKeyTypes(
  context: FactsContext,
  table: { readonly columns: readonly Pick<Column, 'name' | 'type'>[] },
  use: MethodUse,
): void {
  const able = METHODS[use.method];
  if (able === undefined) return;
  for (const key of use.keys) {
    if (key.operatorClass !== undefined) continue;
    const type =
      key.expression === null
        ? table.columns.find((one) => one.name === key.column)?.type
        : expressionType(context, key.expression);
    if (type == null || mayTakeMore(context, use.method) || isIndexed(context, use.method, type)) continue;
    const what = key.column ?? key.expression?.sql;
    addFailure(context.draft, '42704', `a ${use.method} index does not take ${what}, a ${type.name}`);
  }
  if (use.isOrdered && !able.ordered) addFailure(context.draft, '0A000', `a ${use.method} index has no order`);
}

/** btree_gist and btree_gin make their methods take what the server alone does not. */
function mayTakeMore({ catalog, catalogIsComplete }: FactsContext, method: string): boolean {
  if (method !== 'gist' && method !== 'gin') return false;
  return !catalogIsComplete || catalog.extensions === undefined || catalog.extensions.includes(`btree_${method}`);
}

/** How the operator classes call the types that users make. */
const POLYMORPHIC: Readonly<Record<string, string>> = { enum: 'anyenum', composite: 'record', range: 'int4range' };

/** Only what is certain is no: types that extensions bring along are let pass. */
function isIndexed(context: FactsContext, method: string, type: DataType): boolean {
  const base = baseTypeOf(context, type);
  const user = findType(context.catalog, base);
  const isArray = base.arrayDimensions > 0;
  if (!isArray && (user?.kind === 'other' || user?.kind === 'domain')) return true;
  if (!isArray && user === null && base.schema !== null) return true;
  const name = isArray ? 'anyarray' : user === null ? base.name : (POLYMORPHIC[user.kind] ?? '');
  if (!isArray && user === null && !ALL_TYPES.has(name)) return true;
  return takesType(method, name, context.version.major);
}

const ALL_TYPES = new Set(
  [...Object.values(INDEXED_TYPES).flatMap((names) => names.split(/\s+/)), 'json', 'xml', 'line', 'lseg', 'path'].map(
    (name) => name.replace(/:.*/, ''),
  ),
);

function takesType(method: string, name: string, major: number): boolean {
  return (INDEXED_TYPES[method] ?? '').split(/\s+/).some((entry) => {
    const [type, since = '0', until = '99'] = entry.split(/[:-]/);
    return type === name && major >= Number(since) && major <= Number(until);
  });
}

/** Whether the text of an index says an order. */
export function saysOrder(definitionSql: string): boolean {
  const bare = definitionSql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '');
  return /\b(ASC|DESC|NULLS\s+(FIRST|LAST))\b/i.test(bare);
}
