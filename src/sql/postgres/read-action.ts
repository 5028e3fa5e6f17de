import type { Node } from 'libpg-query';
import type { Action } from '../../model/action.ts';
import { readAlterTable } from './read-alter-table.ts';
import * as attachment from './read-attachment.ts';
import * as code from './read-code.ts';
import { readCreateIndex } from './read-create-index.ts';
import { readCreateTable } from './read-create-table.ts';
import { readDrop } from './read-drop.ts';
import * as maintenance from './read-maintenance.ts';
import { readCopy, readDml, readSelect, readUpdate } from './read-query.ts';
import { readChangeOwner, readRename, readSetSchema } from './read-rename.ts';
import { readCreateExtension, readCreateSchema } from './read-schema.ts';
import { readAlterSequence, readCreateSequence } from './read-sequence.ts';
import { readSetVariable, readTransaction } from './read-session.ts';
import * as types from './read-type.ts';
import { readCreateTableAs, readCreateView, readRefresh } from './read-view.ts';
import type { StatementSource } from './statement-source.ts';
import { asNode, type NodeKind, type NodeOf, nodeKind } from './tree-node.ts';

type Readers = { readonly [K in NodeKind]?: (statement: NodeOf<K>, source: StatementSource) => Action };

/** How each of the grammar's statements becomes an action; what is missing here is opaque. */
const READERS: Readers = {
  CreateStmt: readCreateTable,
  CreateTableAsStmt: readCreateTableAs,
  AlterTableStmt: readAlterTable,
  IndexStmt: readCreateIndex,
  DropStmt: readDrop,
  RenameStmt: readRename,
  AlterObjectSchemaStmt: readSetSchema,
  AlterOwnerStmt: readChangeOwner,
  ViewStmt: readCreateView,
  RefreshMatViewStmt: readRefresh,
  CreateTrigStmt: code.readCreateTrigger,
  RuleStmt: attachment.readRule,
  CreatePolicyStmt: attachment.readCreatePolicy,
  AlterPolicyStmt: attachment.readAlterPolicy,
  CreateEnumStmt: types.readCreateEnum,
  AlterEnumStmt: types.readAlterEnum,
  CreateDomainStmt: types.readCreateDomain,
  AlterDomainStmt: types.readAlterDomain,
  CompositeTypeStmt: types.readCompositeType,
  CreateRangeStmt: types.readRangeType,
  DefineStmt: types.readDefine,
  AlterTypeStmt: types.readAlterType,
  CreateSeqStmt: readCreateSequence,
  AlterSeqStmt: readAlterSequence,
  CreateFunctionStmt: (statement, source) => code.readCreateFunction(statement, source, readAction),
  CreateSchemaStmt: readCreateSchema,
  CreateExtensionStmt: readCreateExtension,
  CommentStmt: attachment.readComment,
  GrantStmt: attachment.readGrant,
  GrantRoleStmt: () => ({ kind: 'grant', relations: [] }),
  AlterDefaultPrivilegesStmt: () => ({ kind: 'grant', relations: [] }),
  CreateStatsStmt: attachment.readStatistics,
  CreatePublicationStmt: attachment.readCreatePublication,
  AlterPublicationStmt: attachment.readAlterPublication,
  TruncateStmt: maintenance.readTruncate,
  LockStmt: maintenance.readLock,
  ReindexStmt: maintenance.readReindex,
  ClusterStmt: maintenance.readCluster,
  VacuumStmt: maintenance.readVacuum,
  SelectStmt: readSelect,
  InsertStmt: (statement) => readDml('insert', { InsertStmt: statement }),
  UpdateStmt: readUpdate,
  DeleteStmt: (statement) => readDml('delete', { DeleteStmt: statement }),
  MergeStmt: (statement) => readDml('merge', { MergeStmt: statement }),
  CopyStmt: readCopy,
  VariableSetStmt: readSetVariable,
  TransactionStmt: readTransaction,
  DoStmt: (statement) => code.readDo(statement, readAction),
  CallStmt: code.readCall,
};

/** What a statement does, in our own words. */
export function readAction(statement: Node, source: StatementSource): Action {
  const kind = nodeKind(statement);
  return readWith(kind, statement, source) ?? { kind: 'opaque', statementName: kind };
}

function readWith<K extends NodeKind>(kind: K, statement: Node, source: StatementSource): Action | null {
  const read = (READERS as { readonly [P in K]?: (statement: NodeOf<P>, source: StatementSource) => Action })[kind];
  const content = asNode(statement, kind);
  return read === undefined || content === null ? null : read(content, source);
}
