import type {
  AlterPolicyStmt,
  AlterPublicationStmt,
  CommentStmt,
  CreatePolicyStmt,
  CreatePublicationStmt,
  CreateStatsStmt,
  GrantStmt,
  RuleStmt,
} from 'libpg-query';
import type { Action, Comment, Grant, Publication, TableAttachment } from '../../model/action.ts';
import { namesIn } from './expression-of.ts';
import { objectWord } from './object-word.ts';
import { mentionsOf } from './query-columns.ts';
import { namedBy, relationReference } from './relation-reference.ts';
import { touchedBy } from './relations-in.ts';
import { asNode, nodesOf, stringOf, strings } from './tree-node.ts';

/** CREATE RULE. */
export function readRule(statement: RuleStmt): TableAttachment {
  const table = relationReference(statement.relation);
  const trees = [...(statement.whereClause === undefined ? [] : [statement.whereClause]), ...(statement.actions ?? [])];
  return { kind: 'create-rule', name: statement.rulename ?? '', table, ...touchedBy(trees, table) };
}

/** CREATE POLICY. */
export function readCreatePolicy(statement: CreatePolicyStmt): TableAttachment {
  return { kind: 'create-policy', ...policyOf(statement) };
}

/** ALTER POLICY. */
export function readAlterPolicy(statement: AlterPolicyStmt): TableAttachment {
  return { kind: 'alter-policy', ...policyOf(statement) };
}

function policyOf(statement: CreatePolicyStmt | AlterPolicyStmt): Omit<TableAttachment, 'kind'> {
  const table = relationReference(statement.table);
  const trees = [statement.qual, statement.with_check].flatMap((one) => one ?? []);
  return {
    name: statement.policy_name ?? '',
    table,
    ...touchedBy(trees, table),
    ...(trees.length === 0 ? {} : { mentions: trees.flatMap((tree) => mentionsOf(tree, table)) }),
  };
}

const COMMENTED_RELATIONS: ReadonlySet<string> = new Set([
  'table',
  'view',
  'materialized-view',
  'sequence',
  'foreign-table',
]);
const COMMENTED_MEMBERS: ReadonlySet<string> = new Set(['column', 'constraint', 'trigger', 'policy', 'rule']);

/** COMMENT ON. */
export function readComment(statement: CommentStmt): Comment {
  const object = objectWord(statement.objtype);
  const parts = strings(asNode(statement.object, 'List')?.items);
  if (COMMENTED_RELATIONS.has(object)) return { kind: 'comment', object, relation: namedBy(parts) };
  if (COMMENTED_MEMBERS.has(object)) {
    return { kind: 'comment', object, relation: namedBy(parts.slice(0, -1)), member: parts.at(-1) ?? '' };
  }
  return { kind: 'comment', object, relation: null };
}

/** GRANT and REVOKE of rights; `relations` are the tables, views and sequences that are named one by one. */
export function readGrant(statement: GrantStmt): Grant {
  const relations = nodesOf(statement.objects, 'RangeVar').map(relationReference);
  const isPublic = nodesOf(statement.grantees, 'RoleSpec').some((role) => role.roletype === 'ROLESPEC_PUBLIC');
  const toPublic = statement.is_grant === true && isPublic;
  const columns = nodesOf(statement.privileges, 'AccessPriv').flatMap((one) => strings(one.cols));
  return { kind: 'grant', relations, ...(columns.length > 0 ? { columns } : {}), ...(toPublic ? { toPublic } : {}) };
}

/** CREATE STATISTICS; on something else than a table it stays opaque. */
export function readStatistics(statement: CreateStatsStmt): Action {
  const [table] = nodesOf(statement.relations, 'RangeVar');
  if (table === undefined) return { kind: 'opaque', statementName: 'CreateStatsStmt' };
  return {
    kind: 'create-statistics',
    table: relationReference(table),
    name: statement.defnames === undefined ? null : namedBy(strings(statement.defnames)),
    ifNotExists: statement.if_not_exists ?? false,
    columns: statisticsColumns(statement),
  };
}

function statisticsColumns(statement: CreateStatsStmt): readonly string[] {
  const columns = nodesOf(statement.exprs, 'StatsElem').flatMap((element) =>
    element.expr === undefined ? [element.name ?? ''] : namesIn(element.expr).columns,
  );
  return [...new Set(columns)];
}

/** CREATE PUBLICATION. */
export function readCreatePublication(statement: CreatePublicationStmt): Publication {
  return { kind: 'publication', verb: 'create', ...publishedBy(statement) };
}

const CHANGES: Readonly<Record<string, NonNullable<Publication['change']>>> = {
  AP_AddObjects: 'add',
  AP_DropObjects: 'drop',
  AP_SetObjects: 'set',
};

/** ALTER PUBLICATION. */
export function readAlterPublication(statement: AlterPublicationStmt): Publication {
  const published = publishedBy(statement);
  // Setting options leaves the tables as they are.
  const change = statement.pubobjects === undefined ? undefined : CHANGES[statement.action ?? ''];
  return { kind: 'publication', verb: 'alter', ...published, ...(change === undefined ? {} : { change }) };
}

function publishedBy(
  statement: CreatePublicationStmt | AlterPublicationStmt,
): Pick<Publication, 'tables' | 'allTables' | 'name' | 'schemas' | 'publishesChanges'> {
  const objects = nodesOf(statement.pubobjects, 'PublicationObjSpec');
  const published = nodesOf(statement.options, 'DefElem').find((option) => option.defname === 'publish')?.arg;
  const operations = stringOf(published)
    ?.split(',')
    .map((one) => one.trim().toLowerCase());
  return {
    name: statement.pubname ?? '',
    ...(operations === undefined
      ? {}
      : { publishesChanges: operations.includes('update') || operations.includes('delete') }),
    allTables: statement.for_all_tables ?? false,
    tables: objects.flatMap((object) =>
      object.pubtable?.relation === undefined ? [] : [relationReference(object.pubtable.relation)],
    ),
    schemas: objects.flatMap((object) => (object.pubobjtype?.includes('SCHEMA') === true ? [object.name ?? ''] : [])),
  };
}
