import type { AlterTable } from '../../model/action.ts';
import type { AlterCommandKind } from '../../model/alter-command.ts';
import { findIndex, findRelation, type IndexPlace } from '../../model/catalog-lookup.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, indexKey, isTaken } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { isSameIndexShape } from './partition-indexes.ts';

/** What ALTER TABLE and ALTER INDEX can do to an index. */
const FOR_INDEXES: ReadonlySet<AlterCommandKind> = new Set<AlterCommandKind>([
  'set-statistics',
  'set-options',
  'reset-options',
  'set-tablespace',
  'attach-partition',
  'change-owner',
  'other',
]);

/** ALTER INDEX: a lock on an index alone keeps nobody from its table; attaching one looks at both tables. */
export function alterIndexFacts(context: FactsContext, action: AlterTable): void {
  const { draft, catalog } = context;
  const place = findIndex(catalog, action.name);
  if (place === null && !isTaken(context, action.name)) {
    if (!context.catalogIsComplete) draft.unknown.add(`The index ${action.name.name} is not in the schema given.`);
    else if (!action.ifExists) addFailure(draft, '42P01', `there is no index ${action.name.name}`);
  }
  if (place === null && findRelation(catalog, action.name) !== null) {
    addFailure(draft, '42809', `${action.name.name} is not an index`);
  }
  draft.because.add('Only the index itself is locked; readers and writers of its table go on.');
  const isPartitioned = place?.relation.kind === 'table' && place.relation.partitionBy !== null;
  for (const command of action.commands) {
    const isOption = command.kind === 'set-options' || command.kind === 'reset-options';
    if (command.kind === 'change-owner' && isPartitioned) {
      addFailure(draft, '42809', `the owner of ${action.name.name} is that of its table`);
    }
    if (isOption && isPartitioned)
      addFailure(draft, '42809', `${action.name.name} is an index without rows of its own`);
    if (command.kind === 'attach-partition' && place !== null && !isPartitioned) {
      addFailure(draft, '42809', `${action.name.name} is no index of a partitioned table`);
    }
    if (command.kind === 'attach-partition' && isPartitioned && findRelation(catalog, command.partition) !== null) {
      addFailure(draft, '42P17', `${command.partition.name} is not an index`);
    }
    if (command.kind === 'attach-partition') {
      const part = findIndex(catalog, command.partition);
      if (part === null) refuseMissingPart(context, command.partition);
      attachIndexFacts(context, place, part);
    }
    if (place !== null && !FOR_INDEXES.has(command.kind)) {
      addFailure(draft, '42809', `${action.name.name} is an index, which cannot do that`);
    }
    if (command.kind === 'set-statistics' && place !== null) refuseStatistics(context, place, command.column);
    if (command.kind === 'set-tablespace') {
      moveIndexFacts(context, place, command.target ?? 'pg_default');
    }
  }
}

function refuseMissingPart(context: FactsContext, name: RelationReference): void {
  if (!context.catalogIsComplete || isTaken(context, name)) return;
  addFailure(context.draft, '42P01', `there is no index ${name.name}`);
}

/** Statistics are kept of the expressions of an index; its columns have those of the table. */
function refuseStatistics(context: FactsContext, { index }: IndexPlace, position: string): void {
  const at = Number(position) - 1;
  const key = index.keys[at];
  if (key?.expression != null) return;
  const isThere = at < index.keys.length + index.include.length;
  if (!isThere) return addFailure(context.draft, '42703', `the index ${index.name} has no column ${position}`);
  addFailure(context.draft, '0A000', `column ${position} of the index ${index.name} is no expression`);
}

function moveIndexFacts(context: FactsContext, place: IndexPlace | null, target: string): void {
  const { draft } = context;
  if (place === null) return;
  const { relation, index } = place;
  if (relation.kind === 'table' && relation.partitionBy !== null) return;
  if ((index.tablespace ?? 'pg_default') === target) {
    draft.because.add('The index lies there already.');
    return;
  }
  draft.indexBuilds.add(indexKey(relation, index.name));
  draft.because.add('The index is copied, and readers planning on its table wait meanwhile.');
}

function attachIndexFacts(context: FactsContext, parent: IndexPlace | null, part: IndexPlace | null): void {
  const { draft } = context;
  for (const place of [parent, part]) {
    if (place !== null) addLock(draft, relationKey(place.relation.name), 'ACCESS SHARE');
  }
  draft.because.add('Attaching an index compares definitions only.');
  if (parent === null || part === null) return;
  const isPart =
    part.relation.kind === 'table' && part.relation.partitionOf?.parent === relationKey(parent.relation.name);
  const { attachedTo } = part.index;
  if (attachedTo === parent.index.name) return;
  if (attachedTo !== undefined) {
    return addFailure(draft, '55000', `${part.index.name} is a part of ${attachedTo} already`);
  }
  if (!isPart)
    return addFailure(draft, '55000', `${part.index.name} is no index of a partition of ${parent.index.name}`);
  if (!isSameIndexShape(part.index, parent.index)) {
    addFailure(draft, '42P17', `the index ${part.index.name} is not like ${parent.index.name}`);
  }
}
