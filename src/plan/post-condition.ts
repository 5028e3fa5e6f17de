import type { PostCondition } from '../model/plan.ts';
import type { QualifiedName, RelationKey } from '../model/relation-name.ts';
import { quoteLiteral } from '../sql/postgres/quote.ts';

/*
 * Questions to the catalog whether a step's effect is there. They read pg_catalog only and take no lock on a user's
 * table: to_regclass answers NULL for what does not exist, and none of them waits behind a held lock.
 */

function regclass(relation: RelationKey): string {
  return `to_regclass(${quoteLiteral(relation)})`;
}

function exists(sentence: string, query: string): PostCondition {
  return { sentence, sql: `SELECT EXISTS (${query}) AS holds` };
}

function absent(sentence: string, query: string): PostCondition {
  return { sentence, sql: `SELECT NOT EXISTS (${query}) AS holds` };
}

function columnQuery(relation: RelationKey, column: string, more = ''): string {
  return `SELECT 1 FROM pg_attribute WHERE attrelid = ${regclass(relation)} AND attname = ${quoteLiteral(column)} AND NOT attisdropped${more}`;
}

function constraintQuery(relation: RelationKey, name: string, more = ''): string {
  return `SELECT 1 FROM pg_constraint WHERE conrelid = ${regclass(relation)} AND conname = ${quoteLiteral(name)}${more}`;
}

export function columnExists(relation: RelationKey, column: string): PostCondition {
  return exists(`${relation} has the column ${column}`, columnQuery(relation, column));
}

export function columnIsGone(relation: RelationKey, column: string): PostCondition {
  return absent(`${relation} has no column ${column}`, columnQuery(relation, column));
}

export function columnIsNotNull(relation: RelationKey, column: string): PostCondition {
  return exists(`${relation}.${column} is NOT NULL`, columnQuery(relation, column, ' AND attnotnull'));
}

export function columnIsNullable(relation: RelationKey, column: string): PostCondition {
  return exists(`${relation}.${column} may be NULL`, columnQuery(relation, column, ' AND NOT attnotnull'));
}

export function columnIsIdentity(relation: RelationKey, column: string): PostCondition {
  return exists(`${relation}.${column} is an identity`, columnQuery(relation, column, " AND attidentity <> ''"));
}

export function constraintExists(relation: RelationKey, name: string): PostCondition {
  return exists(`${relation} has the constraint ${name}`, constraintQuery(relation, name));
}

export function constraintIsValid(relation: RelationKey, name: string): PostCondition {
  return exists(`the constraint ${name} of ${relation} is valid`, constraintQuery(relation, name, ' AND convalidated'));
}

export function constraintIsGone(relation: RelationKey, name: string): PostCondition {
  return absent(`${relation} has no constraint ${name}`, constraintQuery(relation, name));
}

export function indexIsValid(index: RelationKey): PostCondition {
  return exists(
    `the index ${index} is valid`,
    `SELECT 1 FROM pg_index WHERE indexrelid = ${regclass(index)} AND indisvalid AND indisready`,
  );
}

/** What tells an index of the same name from the wanted one without the server writing its definition out. */
export interface IndexShape {
  readonly unique: boolean;
  readonly hasPredicate: boolean;
  /** Key columns, then the included ones; null for an expression. */
  readonly columns: readonly (string | null)[];
}

/**
 * Somebody else's index may bear the name; only one of this shape is the one that was wanted. What the server may store in
 * another form than it was written in is not asked: `(column)` is a column to it, and `WHERE true` no predicate.
 */
export function indexIsValidAs(index: RelationKey, { unique, hasPredicate, columns }: IndexShape): PostCondition {
  const names = columns.map((column) => (column === null ? 'NULL' : quoteLiteral(column))).join(', ');
  return exists(
    `the index ${index} is valid`,
    `SELECT 1 FROM pg_index i WHERE i.indexrelid = ${regclass(index)} AND i.indisvalid AND i.indisready
  AND i.indisunique = ${unique} AND i.indnatts = ${columns.length}${hasPredicate ? '' : ' AND i.indpred IS NULL'}
  AND NOT EXISTS (SELECT FROM unnest(ARRAY[${names}]::text[]) WITH ORDINALITY AS w (name, place)
    JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place) USING (place)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE w.name IS NOT NULL AND a.attname::text IS DISTINCT FROM w.name)`,
  );
}

export function indexIsAttached(index: RelationKey, parentIndex: RelationKey): PostCondition {
  return exists(
    `the index ${index} is a part of ${parentIndex}`,
    `SELECT 1 FROM pg_inherits WHERE inhrelid = ${regclass(index)} AND inhparent = ${regclass(parentIndex)}`,
  );
}

export function relationExists(relation: RelationKey): PostCondition {
  return exists(`${relation} exists`, `SELECT 1 WHERE ${regclass(relation)} IS NOT NULL`);
}

export function relationIsGone(relation: RelationKey): PostCondition {
  return relationsAreGone([relation]);
}

export function relationsAreGone(relations: readonly RelationKey[]): PostCondition {
  const there = relations.map((relation) => `${regclass(relation)} IS NOT NULL`).join(' OR ');
  return absent(`${relations.join(', ')} ${relations.length === 1 ? 'is' : 'are'} gone`, `SELECT 1 WHERE ${there}`);
}

export function triggerExists(relation: RelationKey, trigger: string): PostCondition {
  return exists(
    `the trigger ${trigger} of ${relation} is there`,
    `SELECT 1 FROM pg_trigger WHERE tgrelid = ${regclass(relation)} AND tgname = ${quoteLiteral(trigger)} AND NOT tgisinternal`,
  );
}

export function triggerIsGone(relation: RelationKey, trigger: string): PostCondition {
  return absent(
    `${relation} has no trigger ${trigger}`,
    `SELECT 1 FROM pg_trigger WHERE tgrelid = ${regclass(relation)} AND tgname = ${quoteLiteral(trigger)}`,
  );
}

export function isNoPartition(parent: RelationKey, partition: RelationKey): PostCondition {
  return absent(
    `${partition} is no partition of ${parent}`,
    `SELECT 1 FROM pg_inherits WHERE inhrelid = ${regclass(partition)} AND inhparent = ${regclass(parent)}`,
  );
}

export function typeExists(name: QualifiedName): PostCondition {
  return exists(
    `the type ${name.name} exists`,
    `SELECT 1 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = ${quoteLiteral(name.name)} AND n.nspname = ${quoteLiteral(name.schema)}`,
  );
}

export function enumHasLabel(type: RelationKey, label: string): PostCondition {
  return exists(
    `the enum ${type} has the value ${label}`,
    `SELECT 1 FROM pg_enum WHERE enumtypid = to_regtype(${quoteLiteral(type)}) AND enumlabel = ${quoteLiteral(label)}`,
  );
}

/** Reads the table itself, so it belongs behind a backfill and nowhere near a strong lock. */
export function noRowMatches(relation: RelationKey, where: string): PostCondition {
  return absent(`no row of ${relation} is left to do`, `SELECT 1 FROM ${relation} WHERE ${where}`);
}

/** A function of that name may be left from another change: its source decides. */
export function functionHasSource(name: RelationKey, source: string): PostCondition {
  return exists(
    `${name}() has this source`,
    `SELECT 1 FROM pg_proc WHERE oid = to_regproc(${quoteLiteral(name)}) AND prosrc = ${quoteLiteral(source)}`,
  );
}

/** The step's own ledger row, written in its transaction, is all the proof there is. */
export function recordedInLedger(): PostCondition {
  return { sentence: 'the ledger says so: its row commits together with the step', sql: null };
}

/** Holds where the two hold, as far as they can be asked. */
export function both(first: PostCondition, second: PostCondition): PostCondition {
  if (first.sql === null) return second;
  if (second.sql === null) return first;
  return {
    sentence: `${first.sentence}; ${second.sentence}`,
    sql: `SELECT (${first.sql}) AND (${second.sql}) AS holds`,
  };
}
