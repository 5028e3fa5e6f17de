import type { Rule } from './rule.ts';
import { addColumnConstrainedDomain } from './rules/add-column-constrained-domain.ts';
import { addColumnIdentity } from './rules/add-column-identity.ts';
import { addColumnInlineCheck } from './rules/add-column-inline-check.ts';
import { addColumnInlineForeignKey } from './rules/add-column-inline-foreign-key.ts';
import { addColumnInlineForeignKeyDefault } from './rules/add-column-inline-foreign-key-default.ts';
import { addColumnInlineKey } from './rules/add-column-inline-key.ts';
import { addColumnJson } from './rules/add-column-json.ts';
import { addColumnNotNullWithoutDefault } from './rules/add-column-not-null-without-default.ts';
import { addColumnSerial } from './rules/add-column-serial.ts';
import { addColumnStoredGenerated } from './rules/add-column-stored-generated.ts';
import { addColumnVolatileDefault } from './rules/add-column-volatile-default.ts';
import { alterSequence } from './rules/alter-sequence.ts';
import { analyzeAfterBackfill } from './rules/analyze-after-backfill.ts';
import { attachBuildsIndexes } from './rules/attach-builds-indexes.ts';
import { attachPartitionScans } from './rules/attach-partition-scans.ts';
import { attachScansDefaultPartition } from './rules/attach-scans-default-partition.ts';
import { autovacuumOff } from './rules/autovacuum-off.ts';
import { avoidChar } from './rules/avoid-char.ts';
import { cachedPlanSelectStar } from './rules/cached-plan-select-star.ts';
import { cachedPlanWidening } from './rules/cached-plan-widening.ts';
import { certainFailure } from './rules/certain-failure.ts';
import { checkValidating } from './rules/check-validating.ts';
import { checkVolatile } from './rules/check-volatile.ts';
import { clusterOrVacuumFull } from './rules/cluster-or-vacuum-full.ts';
import { codeBlockChangesSchema } from './rules/code-block-changes-schema.ts';
import { commitInCodeBlock } from './rules/commit-in-code-block.ts';
import { compatibilityView } from './rules/compatibility-view.ts';
import { concurrentlyOnPartitioned } from './rules/concurrently-on-partitioned.ts';
import { concurrentlyUnderTimeout } from './rules/concurrently-under-timeout.ts';
import { constraintBackedIndexDrop } from './rules/constraint-backed-index-drop.ts';
import { createDomainConstrained } from './rules/create-domain-constrained.ts';
import { createPartitionLocksParent } from './rules/create-partition-locks-parent.ts';
import { createPartitionScansDefault } from './rules/create-partition-scans-default.ts';
import { createRule } from './rules/create-rule.ts';
import { createTableAs } from './rules/create-table-as.ts';
import { createTableIfNotExistsShadows } from './rules/create-table-if-not-exists-shadows.ts';
import { createTrigger } from './rules/create-trigger.ts';
import { dataLoss } from './rules/data-loss.ts';
import { ddlWithDml } from './rules/ddl-with-dml.ts';
import { deleteWithoutWhere } from './rules/delete-without-where.ts';
import { detachConcurrentlyWithDefault } from './rules/detach-concurrently-with-default.ts';
import { detachPartitionBlocking } from './rules/detach-partition-blocking.ts';
import { disableAllTriggers } from './rules/disable-all-triggers.ts';
import { disableTrigger } from './rules/disable-trigger.ts';
import { domainConstraintScans } from './rules/domain-constraint-scans.ts';
import { dropCascade } from './rules/drop-cascade.ts';
import { dropColumn } from './rules/drop-column.ts';
import { dropColumnTakesIndex } from './rules/drop-column-takes-index.ts';
import { dropColumnUnderView } from './rules/drop-column-under-view.ts';
import { dropConstraint } from './rules/drop-constraint.ts';
import { dropExpression } from './rules/drop-expression.ts';
import { dropExtensionCascade } from './rules/drop-extension-cascade.ts';
import { dropForeignKeyLocksBoth } from './rules/drop-foreign-key-locks-both.ts';
import { dropNotNull } from './rules/drop-not-null.ts';
import { dropPartitionLocksParent } from './rules/drop-partition-locks-parent.ts';
import { dropPrimaryKeyPublished } from './rules/drop-primary-key-published.ts';
import { dropSchema } from './rules/drop-schema.ts';
import { dropTable } from './rules/drop-table.ts';
import { dropTableLocksOthers } from './rules/drop-table-locks-others.ts';
import { dropThenAddColumn } from './rules/drop-then-add-column.ts';
import { dropTrigger } from './rules/drop-trigger.ts';
import { dropView } from './rules/drop-view.ts';
import { duplicateIndex } from './rules/duplicate-index.ts';
import { duplicateKeyColumns } from './rules/duplicate-key-columns.ts';
import { dynamicSql } from './rules/dynamic-sql.ts';
import { enumOrder } from './rules/enum-order.ts';
import { enumRecreated } from './rules/enum-recreated.ts';
import { enumRenameValue } from './rules/enum-rename-value.ts';
import { enumValueUsedTooEarly } from './rules/enum-value-used-too-early.ts';
import { excludeConstraint } from './rules/exclude-constraint.ts';
import { fkMissingIndex } from './rules/fk-missing-index.ts';
import { foreignKeyNotValidLocksBoth } from './rules/foreign-key-not-valid-locks-both.ts';
import { foreignKeyNotValidPartitioned } from './rules/foreign-key-not-valid-partitioned.ts';
import { foreignKeyTypeMismatch } from './rules/foreign-key-type-mismatch.ts';
import { foreignKeyValidating } from './rules/foreign-key-validating.ts';
import { functionInUse } from './rules/function-in-use.ts';
import { functionNamesColumn } from './rules/function-names-column.ts';
import { grantToPublic } from './rules/grant-to-public.ts';
import { hashIndex } from './rules/hash-index.ts';
import { identityColumnConversion } from './rules/identity-column-conversion.ts';
import { indexBuildUnderLock } from './rules/index-build-under-lock.ts';
import { indexCreateBlocking } from './rules/index-create-blocking.ts';
import { indexDropBlocking } from './rules/index-drop-blocking.ts';
import { indexOnPartitionedParent } from './rules/index-on-partitioned-parent.ts';
import { indexReplaceOrder } from './rules/index-replace-order.ts';
import { indexTablespaceMove } from './rules/index-tablespace-move.ts';
import { indexThenRewrite } from './rules/index-then-rewrite.ts';
import { inheritLocks } from './rules/inherit-locks.ts';
import { inheritanceOrRule } from './rules/inheritance-or-rule.ts';
import { insertSelectInMigration } from './rules/insert-select-in-migration.ts';
import { invalidIndexHidden } from './rules/invalid-index-hidden.ts';
import { lockOrderAgainstForeignKey } from './rules/lock-order-against-foreign-key.ts';
import { lockQueue } from './rules/lock-queue.ts';
import { lockTable } from './rules/lock-table.ts';
import { lockTimeoutOff } from './rules/lock-timeout-off.ts';
import { lockTimeoutTooLate } from './rules/lock-timeout-too-late.ts';
import { lockTimeoutTooLong } from './rules/lock-timeout-too-long.ts';
import { locksInOppositeOrders } from './rules/locks-in-opposite-orders.ts';
import { materializedViewWithData } from './rules/materialized-view-with-data.ts';
import { narrowingType } from './rules/narrowing-type.ts';
import { neverValidated } from './rules/never-validated.ts';
import { notEnforced } from './rules/not-enforced.ts';
import { notNullProofDropped } from './rules/not-null-proof-dropped.ts';
import { notValidCheckRejectsUpdates } from './rules/not-valid-check-rejects-updates.ts';
import { oldCodeBreaks } from './rules/old-code-breaks.ts';
import { outsideTransaction } from './rules/outside-transaction.ts';
import { ownerChange } from './rules/owner-change.ts';
import { partitionFanOut } from './rules/partition-fan-out.ts';
import { policyChange } from './rules/policy-change.ts';
import { policyDropBeforeCreate } from './rules/policy-drop-before-create.ts';
import { preferBigintKey } from './rules/prefer-bigint-key.ts';
import { preferIdentity } from './rules/prefer-identity.ts';
import { preferJsonb } from './rules/prefer-jsonb.ts';
import { preferText } from './rules/prefer-text.ts';
import { preferTimestamptz } from './rules/prefer-timestamptz.ts';
import { primaryKeyBuildsIndex } from './rules/primary-key-builds-index.ts';
import { primaryKeyScans } from './rules/primary-key-scans.ts';
import { publicationWithoutIdentity } from './rules/publication-without-identity.ts';
import { publishedTableChanges } from './rules/published-table-changes.ts';
import { refreshConcurrentlyBlocksRefreshes } from './rules/refresh-concurrently-blocks-refreshes.ts';
import { refreshConcurrentlyWithoutUniqueIndex } from './rules/refresh-concurrently-without-unique-index.ts';
import { refreshMaterializedView } from './rules/refresh-materialized-view.ts';
import { refreshWithNoData } from './rules/refresh-with-no-data.ts';
import { reindexBlocking } from './rules/reindex-blocking.ts';
import { reindexPartitionedSkipped } from './rules/reindex-partitioned-skipped.ts';
import { renameColumn } from './rules/rename-column.ts';
import { renameTable } from './rules/rename-table.ts';
import { replicaIdentityFull } from './rules/replica-identity-full.ts';
import { replicaIdentityNothing } from './rules/replica-identity-nothing.ts';
import { requiredColumn } from './rules/required-column.ts';
import { rewriteUnderLock } from './rules/rewrite-under-lock.ts';
import { rowSecurityWithoutPolicy } from './rules/row-security-without-policy.ts';
import { scanUnderLock } from './rules/scan-under-lock.ts';
import { securityDefinerSearchPath } from './rules/security-definer-search-path.ts';
import { sequenceRestart } from './rules/sequence-restart.ts';
import { sequenceTypeTooSmall } from './rules/sequence-type-too-small.ts';
import { sessionSettingStays } from './rules/session-setting-stays.ts';
import { setAccessMethod } from './rules/set-access-method.ts';
import { setExpressionRewrites } from './rules/set-expression-rewrites.ts';
import { setLocalWithoutTransaction } from './rules/set-local-without-transaction.ts';
import { setLogged } from './rules/set-logged.ts';
import { setNotNullScans } from './rules/set-not-null-scans.ts';
import { setSchema } from './rules/set-schema.ts';
import { setStorageOrCompression } from './rules/set-storage-or-compression.ts';
import { setTablespace } from './rules/set-tablespace.ts';
import { setVolatileDefault } from './rules/set-volatile-default.ts';
import { severalForeignKeysAtOnce } from './rules/several-foreign-keys-at-once.ts';
import { severalRewrites } from './rules/several-rewrites.ts';
import { severalStrongLocks } from './rules/several-strong-locks.ts';
import { strongLockHeld } from './rules/strong-lock-held.ts';
import { strongLocksInTransaction } from './rules/strong-locks-in-transaction.ts';
import { swapByRename } from './rules/swap-by-rename.ts';
import { tableWithoutPrimaryKey } from './rules/table-without-primary-key.ts';
import { timeoutCutsBackfill } from './rules/timeout-cuts-backfill.ts';
import { transactionClosedEarly } from './rules/transaction-closed-early.ts';
import { transactionInTransaction } from './rules/transaction-in-transaction.ts';
import { truncate } from './rules/truncate.ts';
import { truncateCascade } from './rules/truncate-cascade.ts';
import { typeChangeDependsOnTimeZone } from './rules/type-change-depends-on-time-zone.ts';
import { typeChangeInGenerated } from './rules/type-change-in-generated.ts';
import { typeChangeOfForeignKey } from './rules/type-change-of-foreign-key.ts';
import { typeChangeOfKey } from './rules/type-change-of-key.ts';
import { typeChangeRebuildsIndexes } from './rules/type-change-rebuilds-indexes.ts';
import { typeChangeRereadsChecks } from './rules/type-change-rereads-checks.ts';
import { typeChangeRewrite } from './rules/type-change-rewrite.ts';
import { typeChangeUnderView } from './rules/type-change-under-view.ts';
import { unbatchedUpdate } from './rules/unbatched-update.ts';
import { uniqueBuildsIndex } from './rules/unique-builds-index.ts';
import { uniqueWithoutPartitionKey } from './rules/unique-without-partition-key.ts';
import { unknownEffect } from './rules/unknown-effect.ts';
import { unloggedTable } from './rules/unlogged-table.ts';
import { unnamedIndex } from './rules/unnamed-index.ts';
import { updateWithoutWhere } from './rules/update-without-where.ts';
import { usingForcesRewrite } from './rules/using-forces-rewrite.ts';
import { validateInSameTransaction } from './rules/validate-in-same-transaction.ts';
import { viewKeepsOldColumns } from './rules/view-keeps-old-columns.ts';
import { wideIndex } from './rules/wide-index.ts';

/** Every rule, the gravest first: findings of one statement are told in this order. */
export const RULES: readonly Rule[] = [
  certainFailure,
  detachConcurrentlyWithDefault,
  refreshConcurrentlyWithoutUniqueIndex,
  enumValueUsedTooEarly,
  typeChangeUnderView,
  typeChangeInGenerated,
  dropColumnUnderView,
  concurrentlyOnPartitioned,
  constraintBackedIndexDrop,
  foreignKeyNotValidPartitioned,
  uniqueWithoutPartitionKey,
  rewriteUnderLock,
  setLogged,
  setTablespace,
  setAccessMethod,
  refreshMaterializedView,
  addColumnVolatileDefault,
  addColumnSerial,
  addColumnIdentity,
  addColumnStoredGenerated,
  addColumnConstrainedDomain,
  typeChangeRewrite,
  usingForcesRewrite,
  setExpressionRewrites,
  clusterOrVacuumFull,
  indexBuildUnderLock,
  attachBuildsIndexes,
  addColumnInlineKey,
  typeChangeRebuildsIndexes,
  indexCreateBlocking,
  indexOnPartitionedParent,
  reindexBlocking,
  indexTablespaceMove,
  uniqueBuildsIndex,
  primaryKeyBuildsIndex,
  excludeConstraint,
  scanUnderLock,
  attachPartitionScans,
  attachScansDefaultPartition,
  createPartitionScansDefault,
  addColumnNotNullWithoutDefault,
  setNotNullScans,
  notNullProofDropped,
  addColumnInlineCheck,
  addColumnInlineForeignKeyDefault,
  typeChangeRereadsChecks,
  dropThenAddColumn,
  foreignKeyValidating,
  checkValidating,
  primaryKeyScans,
  domainConstraintScans,
  validateInSameTransaction,
  strongLockHeld,
  updateWithoutWhere,
  deleteWithoutWhere,
  dropPrimaryKeyPublished,
  outsideTransaction,
  rowSecurityWithoutPolicy,
  policyDropBeforeCreate,
  publicationWithoutIdentity,
  disableAllTriggers,
  commitInCodeBlock,
  transactionClosedEarly,
  transactionInTransaction,
  setLocalWithoutTransaction,
  concurrentlyUnderTimeout,
  reindexPartitionedSkipped,
  indexReplaceOrder,
  severalStrongLocks,
  partitionFanOut,
  detachPartitionBlocking,
  dropPartitionLocksParent,
  dropTableLocksOthers,
  typeChangeOfKey,
  typeChangeOfForeignKey,
  dropForeignKeyLocksBoth,
  severalForeignKeysAtOnce,
  foreignKeyTypeMismatch,
  checkVolatile,
  locksInOppositeOrders,
  lockOrderAgainstForeignKey,
  strongLocksInTransaction,
  oldCodeBreaks,
  renameTable,
  setSchema,
  compatibilityView,
  dropView,
  enumRenameValue,
  dropColumn,
  renameColumn,
  swapByRename,
  requiredColumn,
  functionNamesColumn,
  addColumnJson,
  dropExpression,
  dropColumnTakesIndex,
  dataLoss,
  truncateCascade,
  refreshWithNoData,
  dropSchema,
  dropTable,
  dropCascade,
  truncate,
  enumRecreated,
  sequenceRestart,
  functionInUse,
  disableTrigger,
  replicaIdentityNothing,
  ownerChange,
  securityDefinerSearchPath,
  grantToPublic,
  autovacuumOff,
  createTableIfNotExistsShadows,
  narrowingType,
  identityColumnConversion,
  sequenceTypeTooSmall,
  severalRewrites,
  insertSelectInMigration,
  timeoutCutsBackfill,
  unknownEffect,
  dropExtensionCascade,
  materializedViewWithData,
  createTableAs,
  typeChangeDependsOnTimeZone,
  unbatchedUpdate,
  dynamicSql,
  indexDropBlocking,
  lockTimeoutOff,
  lockTimeoutTooLong,
  lockTimeoutTooLate,
  codeBlockChangesSchema,
  lockQueue,
  lockTable,
  createPartitionLocksParent,
  policyChange,
  createTrigger,
  dropTrigger,
  createRule,
  inheritLocks,
  alterSequence,
  replicaIdentityFull,
  addColumnInlineForeignKey,
  setStorageOrCompression,
  cachedPlanWidening,
  cachedPlanSelectStar,
  dropNotNull,
  setVolatileDefault,
  dropConstraint,
  foreignKeyNotValidLocksBoth,
  ddlWithDml,
  indexThenRewrite,
  analyzeAfterBackfill,
  sessionSettingStays,
  invalidIndexHidden,
  notValidCheckRejectsUpdates,
  neverValidated,
  notEnforced,
  fkMissingIndex,
  duplicateIndex,
  duplicateKeyColumns,
  wideIndex,
  hashIndex,
  unnamedIndex,
  preferText,
  preferTimestamptz,
  avoidChar,
  preferIdentity,
  preferBigintKey,
  preferJsonb,
  publishedTableChanges,
  viewKeepsOldColumns,
  refreshConcurrentlyBlocksRefreshes,
  tableWithoutPrimaryKey,
  unloggedTable,
  inheritanceOrRule,
  enumOrder,
  createDomainConstrained,
];
