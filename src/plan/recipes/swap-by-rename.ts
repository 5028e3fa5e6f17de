import type { Action } from '../../model/action.ts';
import type { Catalog, Table } from '../../model/catalog.ts';
import { findTable, resolveName } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import type { Statement } from '../../model/statement.ts';
import { relationExists } from '../post-condition.ts';
import type { SequenceInput, SequenceRecipe, SequenceRefusal } from '../sequence-recipe.ts';
import type { GateDraft, TransactionDraft } from '../step-draft.ts';

/**
 * A table steps aside and another takes its name: as the archive of a log, with a table made ready beside it, or to
 * become the first partition of a new one. In between nobody may look, so it is one transaction. Where the file copies
 * the rows over as well, what is written behind the copy would be lost with the swap: that is refused.
 */
export const swapByRename: SequenceRecipe = {
  name: 'swap-by-rename',
  rung: 'catalog-only',
  summary: 'Deploy code that can live with either table, then let them change names in one transaction.',
  plan(input) {
    const swap = swapOf(input);
    const statement = input.statements[input.at];
    if (swap === null || statement === undefined) return null;
    if (swap.isCopied) return refusal(swap);
    if (swap.statements.length === 0) return null;
    return { parts: [{ statement, drafts: [gate(swap), change(swap)] }], taken: swap.statements.length };
  },
};

interface Swap {
  readonly table: Table;
  readonly key: RelationKey;
  readonly aside: RelationKey;
  /** One after the other, up to the last that belongs to it; none when something else stands in between. */
  readonly statements: readonly Statement[];
  /** Tables in use that they read in full. */
  readonly scans: readonly RelationKey[];
  /** The file copies rows out of the table. */
  readonly isCopied: boolean;
}

function swapOf(input: SequenceInput): Swap | null {
  const { statements, at, catalog } = input;
  const action = statements[at]?.action;
  if (action?.kind !== 'rename' || action.object !== 'table') return null;
  const table = findTable(catalog, action.name);
  if (table === null || input.isFresh(relationKey(table.name))) return null;
  const key = relationKey(table.name);
  const aside = relationKey({ schema: table.name.schema, name: action.to });
  if (!statements.slice(at + 1).some((one) => takes(one.action, table, catalog))) return null;
  const reads = (one: Action): boolean =>
    one.kind === 'dml' &&
    one.verb === 'insert' &&
    one.reads.some((name) => [key, aside].includes(relationKey(resolveName(catalog, name))) || name.name === action.to);
  const isCopied = statements.some((one) => reads(one.action));
  return { table, key, aside, isCopied, ...runOf(input, table, aside) };
}

/** Whether a statement gives another table the name. */
function takes(action: Action, { name }: Table, catalog: Catalog): boolean {
  if (action.kind === 'create-table' || action.kind === 'create-table-as') {
    return action.name.name === name.name && relationKey(resolveName(catalog, action.name)) === relationKey(name);
  }
  return action.kind === 'rename' && action.object === 'table' && action.to === name.name;
}

/** The statements from the rename on that are about the two tables and what they make themselves. */
function runOf(input: SequenceInput, table: Table, aside: RelationKey): Pick<Swap, 'statements' | 'scans'> {
  const { statements, at, catalog, tools } = input;
  const own = new Set<RelationKey>([relationKey(table.name), aside]);
  const scans = new Set<RelationKey>();
  const run: Statement[] = [];
  let folded = catalog;
  let taken = 0;
  for (const statement of statements.slice(at)) {
    const { action } = statement;
    if (!belongs(action)) break;
    const facts = tools.deriveFacts(statement, folded);
    const takesName = takes(action, table, catalog);
    if (takesName && action.kind === 'rename') own.add(relationKey(resolveName(folded, action.name)));
    const isOwn = facts.locks.every(({ relation }) => own.has(relation) || catalog.relations[relation] === undefined);
    if (!isOwn || facts.failure !== null || facts.transaction === 'outside-only') break;
    // An ATTACH builds the indexes that the newcomer lacks.
    const built = action.kind === 'alter-table' && facts.indexBuilds.length > 0 ? [aside] : [];
    for (const relation of [...facts.scans, ...built]) {
      if (own.has(relation) || catalog.relations[relation] !== undefined) scans.add(relation);
    }
    folded = tools.applyStatement(folded, statement);
    run.push(statement);
    if (takesName) taken = run.length;
  }
  return taken === 0 ? { statements: [], scans: [] } : { statements: run, scans: [...scans] };
}

const BELONGS: ReadonlySet<Action['kind']> = new Set(['rename', 'create-table', 'alter-sequence', 'comment', 'grant']);

/** What is left out (an index, a change of the old table) is planned behind the swap, in its own safe way. */
function belongs(action: Action): boolean {
  if (action.kind === 'alter-table') return action.commands.every(({ kind }) => kind === 'attach-partition');
  return BELONGS.has(action.kind);
}

function refusal({ key, aside }: Swap): SequenceRefusal {
  return {
    reason: `gives the name of ${key} to another table and copies its rows over as well: what running code writes behind the copy would be lost with the swap, and in between there is nothing under that name`,
    nextCommand: `make the new table in one migration and fill it in batches while the application writes to both, and leave for another the two renames (to ${aside} and back to ${key}), which are planned as one transaction; or let the old table become the first partition of the new one (RENAME, CREATE TABLE, ATTACH PARTITION), which copies nothing`,
  };
}

function gate({ table, key, aside }: Swap): GateDraft {
  return {
    kind: 'gate',
    name: `gate-swap-${table.name.name}`,
    phase: 'contract',
    why: `From the next step on ${key} is another table; what it held until now is ${aside}.`,
    deploy: `Deploy code that can live with the new table under the name ${key}, rows and columns, and see to it that whatever it is to hold by then is in it; wait until no older version runs.`,
  };
}

function change({ table, aside, statements, scans }: Swap): TransactionDraft {
  const read = scans.join(', ');
  const reading = ` It reads ${read}, so it gets one second and is taken back whole if that is not enough; a valid CHECK that says the bound spares that.`;
  return {
    kind: 'transaction',
    name: `swap-${table.name.name}`,
    phase: 'contract',
    why: `All in one transaction, so that whoever asks for the name always finds a table.${scans.length === 0 ? '' : reading}`,
    sql: statements.map(({ sql }) => sql),
    undo: null,
    postCondition: relationExists(aside),
    ...(scans.length === 0 ? {} : { bounded: true }),
  };
}
