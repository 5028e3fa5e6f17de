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
import { objectWord } from './object-word.ts';
import { namedBy, relationReference } from './relation-reference.ts';
import { asNode, nodesOf, strings } from './tree-node.ts';

/** CREATE RULE. */
export function readRule(statement: RuleStmt): TableAttachment {
  return { kind: 'create-rule', name: statement.rulename ?? '', table: relationReference(statement.relation) };
}

/** CREATE POLICY. */
export function readCreatePolicy(statement: CreatePolicyStmt): TableAttachment {
  return { kind: 'create-policy', name: statement.policy_name ?? '', table: relationReference(statement.table) };
}

/** ALTER POLICY. */
export function readAlterPolicy(statement: AlterPolicyStmt): TableAttachment {
  return { kind: 'alter-policy', name: statement.policy_name ?? '', table: relationReference(statement.table) };
}

const COMMENTED_RELATIONS: ReadonlySet<string> = new Set(['table', 'view', 'materialized-view', 'foreign-table']);
const COMMENTED_MEMBERS: ReadonlySet<string> = new Set(['column', 'constraint', 'trigger', 'policy', 'rule']);

/** COMMENT ON. */
export function readComment(statement: CommentStmt): Comment {
  const object = objectWord(statement.objtype);
  const parts = strings(asNode(statement.object, 'List')?.items);
  if (COMMENTED_RELATIONS.has(object)) return { kind: 'comment', object, relation: namedBy(parts) };
  if (COMMENTED_MEMBERS.has(object)) return { kind: 'comment', object, relation: namedBy(parts.slice(0, -1)) };
  return { kind: 'comment', object, relation: null };
}

/** GRANT and REVOKE of rights; `relations` are the tables, views and sequences that are named one by one. */
export function readGrant(statement: GrantStmt): Grant {
  return { kind: 'grant', relations: nodesOf(statement.objects, 'RangeVar').map(relationReference) };
}

/** CREATE STATISTICS; on something else than a table it stays opaque. */
export function readStatistics(statement: CreateStatsStmt): Action {
  const [table] = nodesOf(statement.relations, 'RangeVar');
  if (table === undefined) return { kind: 'opaque', statementName: 'CreateStatsStmt' };
  return { kind: 'create-statistics', table: relationReference(table) };
}

/** CREATE PUBLICATION. */
export function readCreatePublication(statement: CreatePublicationStmt): Publication {
  const tables = publishedTables(statement.pubobjects);
  return { kind: 'publication', verb: 'create', tables, allTables: statement.for_all_tables ?? false };
}

/** ALTER PUBLICATION. */
export function readAlterPublication(statement: AlterPublicationStmt): Publication {
  const tables = publishedTables(statement.pubobjects);
  return { kind: 'publication', verb: 'alter', tables, allTables: statement.for_all_tables ?? false };
}

function publishedTables(objects: CreatePublicationStmt['pubobjects']): Publication['tables'] {
  return nodesOf(objects, 'PublicationObjSpec').flatMap((object) =>
    object.pubtable?.relation === undefined ? [] : [relationReference(object.pubtable.relation)],
  );
}
