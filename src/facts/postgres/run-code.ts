import type { ActionKind, CodeBlock, CodeStatements } from '../../model/action.ts';
import type { Table, TriggerEvent } from '../../model/catalog.ts';
import { findFunction } from '../../model/catalog-lookup.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { isBuiltInFunction } from './refuse-unknown.ts';

/** DO and CALL: what the statements inside would do each by itself, as far as they can be read. */
export function codeBlockFacts(context: FactsContext, action: CodeBlock): void {
  if (action.calls !== undefined) return callFacts(context, action.calls);
  runCode(context, action.code, 'the block');
}

function callFacts(context: FactsContext, procedure: RelationReference): void {
  const found = findFunction(context.catalog, procedure);
  if (found === null) {
    const isMissing = context.catalogIsComplete && context.catalog.extensions?.length === 0;
    if (isMissing) addFailure(context.draft, '42883', `there is no procedure ${procedure.name}()`);
    else context.draft.unknown.add(`What the procedure ${procedure.name} does is not known.`);
    return;
  }
  runCode(context, found.code, `the procedure ${relationKey(found.name)}`);
}

/**
 * Triggers run functions of their own when rows are written.
 *
 * @param events those that the statement may cause.
 */
export function runTriggers(context: FactsContext, table: Table, events: readonly TriggerEvent[]): void {
  for (const trigger of table.triggers) {
    if (trigger.events?.some((event) => events.includes(event)) === false) continue;
    const [first = '', second] = trigger.function.split('.');
    const name = second === undefined ? { schema: null, name: first } : { schema: first, name: second };
    const found = findFunction(context.catalog, name);
    if (found === null && isBuiltInFunction(first, context.version.major)) continue;
    runCode(context, found?.code, `the function of the trigger ${trigger.name}`);
  }
}

/** How deep procedures that call each other are followed. */
const DEPTH = 5;

const TAKES_VARIABLES: ReadonlySet<ActionKind> = new Set<ActionKind>(['dml', 'create-table-as']);

/**
 * Adds what the statements of a piece of code do, each judged on the schema before all of them. What one of them makes,
 * the next one may use, so none is taken to fail.
 */
function runCode(context: FactsContext, code: CodeStatements | undefined, name: string): void {
  const { draft } = context;
  if (code === undefined || context.codeDepth >= DEPTH) {
    draft.unknown.add(`What ${name} does is not looked into.`);
    return;
  }
  if (!code.isCertain) draft.unknown.add(`What ${name} runs hangs on conditions or on text that is put together.`);
  for (const action of code.statements) {
    const inner = context.deriveInside(action);
    for (const [relation, mode] of inner.locks) addLock(draft, relation, mode);
    for (const relation of inner.rewrites) draft.rewrites.add(relation);
    for (const relation of inner.scans) draft.scans.add(relation);
    for (const index of inner.indexBuilds) draft.indexBuilds.add(index);
    for (const loss of inner.losses) draft.losses.add(loss);
    draft.breaks.push(...inner.breaks);
    for (const reason of inner.because) draft.because.add(reason);
    for (const reason of inner.unknown) draft.unknown.add(reason);
    if (inner.transaction === 'outside-only') {
      addFailure(draft, '25001', 'a statement inside cannot run in a transaction, and code always runs in one');
    }
    if (inner.failure === null) continue;
    // A name that is no column may be a variable of the code; schema changes take none.
    if (inner.failure.sqlstate === '42703' && TAKES_VARIABLES.has(action.kind)) continue;
    if (code.statements.length === 1 && code.isCertain) addFailure(draft, inner.failure.sqlstate, inner.failure.reason);
    else draft.unknown.add(`A statement inside may fail: ${inner.failure.reason}.`);
  }
}
