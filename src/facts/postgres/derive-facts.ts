import type { Action, ActionKind, Comment, CreateStatistics, Opaque } from '../../model/action.ts';
import type { Catalog, Relation } from '../../model/catalog.ts';
import { findStatistics, nameForCreation } from '../../model/catalog-lookup.ts';
import type { StatementFacts } from '../../model/facts.ts';
import { knownColumns } from '../../model/query-columns.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import type { ServerVersion } from '../../model/server-version.ts';
import type { Statement } from '../../model/statement.ts';
import { alterTableFacts } from './alter-table.ts';
import { createTableAsFacts, createTableFacts } from './create-table.ts';
import { dmlFacts } from './dml-facts.ts';
import { dropFacts } from './drop-facts.ts';
import { type FactsContext, isKnown, keyOf, lookUp, requireColumn } from './facts-context.ts';
import { addFailure, addLock, type FactsDraft, finishFacts, newFactsDraft } from './facts-draft.ts';
import { createFunctionFacts } from './function-facts.ts';
import { clusterFacts, createIndexFacts } from './index-facts.ts';
import { STATEMENTS_WITHOUT_TABLES } from './opaque-statements.ts';
import { refuseSyntax } from './refuse-syntax.ts';
import { reindexFacts } from './reindex-facts.ts';
import { changeOwnerFacts, renameFacts, setSchemaFacts } from './rename-facts.ts';
import { analyzeFacts, grantFacts, lockTableFacts, publicationFacts, truncateFacts, vacuumFacts } from './row-facts.ts';
import { codeBlockFacts } from './run-code.ts';
import { createSchemaFacts } from './schema-facts.ts';
import {
  alterDomainFacts,
  alterEnumFacts,
  alterSequenceFacts,
  compositeTypeFacts,
  createSequenceFacts,
  createTypeFacts,
} from './type-facts.ts';
import { attachmentFacts, createTriggerFacts, createViewFacts, refreshFacts } from './view-facts.ts';

export interface FactsInput {
  readonly statement: Statement;
  /** The schema before the statement. */
  readonly catalog: Catalog;
  readonly version: ServerVersion;
  /** TimeZone of the session that will run it; null when it is not known. */
  readonly timeZone: string | null;
  /**
   * The catalog holds everything there is on the server (a live catalog, or a schema file that says so): what it lacks
   * does not exist, and statements that name it fail. false when left out: what it lacks makes the facts `unknown`.
   */
  readonly catalogIsComplete?: boolean;
  /** Tables that hold no row for certain; without it every table may have rows. */
  isEmpty?(relation: RelationKey): boolean;
}

type Deriver<K extends ActionKind> = (context: FactsContext, action: Extract<Action, { kind: K }>) => void;

const nothing = (): void => undefined;

/** One deriver a verb; leaving one out does not compile. */
const DERIVERS: { readonly [K in ActionKind]: Deriver<K> } = {
  'create-table': createTableFacts,
  'create-table-as': createTableAsFacts,
  'alter-table': alterTableFacts,
  'create-index': createIndexFacts,
  drop: dropFacts,
  rename: renameFacts,
  'set-schema': setSchemaFacts,
  'change-owner': changeOwnerFacts,
  'create-view': createViewFacts,
  'refresh-materialized-view': refreshFacts,
  'create-trigger': createTriggerFacts,
  'create-rule': attachmentFacts,
  'create-policy': attachmentFacts,
  'alter-policy': attachmentFacts,
  'create-enum': createTypeFacts,
  'alter-enum': alterEnumFacts,
  'create-domain': createTypeFacts,
  'alter-domain': alterDomainFacts,
  'create-type': compositeTypeFacts,
  'create-sequence': createSequenceFacts,
  'alter-sequence': alterSequenceFacts,
  'create-function': createFunctionFacts,
  'create-schema': createSchemaFacts,
  'create-extension': nothing,
  comment: commentFacts,
  grant: grantFacts,
  'create-statistics': createStatisticsFacts,
  publication: publicationFacts,
  truncate: truncateFacts,
  'lock-table': lockTableFacts,
  reindex: reindexFacts,
  cluster: clusterFacts,
  vacuum: vacuumFacts,
  analyze: analyzeFacts,
  dml: dmlFacts,
  'set-variable': nothing,
  transaction: nothing,
  'code-block': codeBlockFacts,
  opaque: opaqueFacts,
};

/**
 * What a statement locks, reads, rewrites, loses and breaks on a server of the given major, judged on the schema
 * before it. Pure. Every answer is held against what real servers of majors 13 to 18 did (`measured/`).
 *
 * @example
 * deriveFacts({ statement, catalog, version: { engine: 'postgresql', major: 16 }, timeZone: 'UTC' }).locks
 * // [{ relation: 'public.users', mode: 'ACCESS EXCLUSIVE' }]
 */
export function deriveFacts(input: FactsInput): StatementFacts {
  const { action } = input.statement;
  return finishFacts(action.kind, draftOf(input, action, 0));
}

function draftOf(input: FactsInput, action: Action, codeDepth: number): FactsDraft {
  const draft = newFactsDraft();
  const { catalog, version, timeZone, catalogIsComplete = false } = input;
  const deriveInside = (inner: Action): FactsDraft => draftOf(input, inner, codeDepth + 1);
  const isEmpty = (relation: RelationKey): boolean => input.isEmpty?.(relation) === true;
  const context = { catalog, catalogIsComplete, version, timeZone, isEmpty, draft, deriveInside, codeDepth };
  const deriver = DERIVERS[action.kind] as Deriver<ActionKind>;
  refuseSyntax(context, action);
  deriver(context, action);
  return draft;
}

/** What hangs on a table is commented on without locking the table itself. */
const HANGING_OBJECTS = new Set(['constraint', 'trigger', 'rule', 'policy']);

const WHOLE_OBJECTS = new Set(['table', 'view', 'materialized-view', 'sequence']);

function commentFacts(context: FactsContext, action: Comment): void {
  if (action.relation === null) return;
  const relation = lookUp(context, action.relation);
  const isOther = relation !== null && WHOLE_OBJECTS.has(action.object) && relation.kind !== action.object;
  if (isOther)
    addFailure(context.draft, '42809', `${keyOf(context, action.relation)} is no ${action.object.replace('-', ' ')}`);
  if (relation !== null && action.member !== undefined)
    refuseMissingMember(context, relation, action.object, action.member);
  const mode = HANGING_OBJECTS.has(action.object) ? 'ACCESS SHARE' : 'SHARE UPDATE EXCLUSIVE';
  addLock(context.draft, keyOf(context, action.relation), mode);
}

function refuseMissingMember(context: FactsContext, relation: Relation, object: string, member: string): void {
  const known = membersOf(relation, object);
  if (known === null || known.includes(member)) return;
  const sqlstate = object === 'column' ? '42703' : '42704';
  addFailure(context.draft, sqlstate, `${relationKey(relation.name)} has no ${object} ${member}`);
}

function membersOf(relation: Relation, object: string): readonly string[] | null {
  if (object === 'column') return knownColumns(relation)?.map((one) => one.name) ?? null;
  if (relation.kind !== 'table' || !isKnown(relation)) return null;
  switch (object) {
    case 'constraint':
      return relation.constraints.map((one) => one.name);
    case 'trigger':
      return relation.triggers.map((one) => one.name);
    case 'policy':
      return relation.policies;
    default:
      return null;
  }
}

function createStatisticsFacts(context: FactsContext, action: CreateStatistics): void {
  const { draft } = context;
  const relation = lookUp(context, action.table);
  addLock(draft, keyOf(context, action.table), 'SHARE UPDATE EXCLUSIVE');
  if (relation === null) return;
  if (relation.kind === 'view' || relation.kind === 'sequence') {
    return addFailure(draft, '42809', `${relationKey(relation.name)} has no statistics`);
  }
  const { name } = action;
  if (name != null && findStatistics(context.catalog, nameForCreation(context.catalog, name)) !== null) {
    if (action.ifNotExists === true) draft.because.add('Statistics of that name are there already.');
    else addFailure(draft, '42710', `there are statistics ${name.name} already`);
  }
  if (relation.kind !== 'table') return;
  for (const name of action.columns ?? []) {
    const column = requireColumn(context, relation, name);
    if (column?.generated === 'virtual') addFailure(draft, '0A000', `${name} is virtual and has no statistics`);
  }
}

function opaqueFacts(context: FactsContext, { statementName }: Opaque): void {
  const transaction = STATEMENTS_WITHOUT_TABLES[statementName];
  if (transaction === undefined) {
    context.draft.unknown.add(`${statementName} is a statement whose effects Evenkeel does not know.`);
    return;
  }
  context.draft.transaction = transaction;
  context.draft.because.add('It touches no table.');
}
