import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { findTable, tableOf } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/postgres/quote.ts';
import { constraintIsValid, isNoPartition } from '../post-condition.ts';
import type { SequenceInput, SequenceRecipe } from '../sequence-recipe.ts';
import type { GateDraft, TransactionDraft } from '../step-draft.ts';

/**
 * DETACH PARTITION: its rows are gone from the parent, and the parent refuses new ones like them. The detaching itself is
 * catalog work, in one short strike that is tried again: CONCURRENTLY runs in two transactions, and stays half done when
 * it is interrupted.
 */
export const detachPartitionAfterGate: SequenceRecipe = {
  name: 'detach-partition-after-gate',
  rung: 'catalog-only',
  summary: 'Deploy code that does without its rows, then detach it in a moment, without standing in a lock queue.',
  plan(input) {
    const detaching = detachingOf(input);
    const statement = input.statements[input.at];
    if (detaching === null || statement === undefined) return null;
    const copied = detaching.command.concurrently ? checkLeftBehind(input, detaching) : null;
    const facts = input.tools.deriveFacts(statement, input.catalog);
    if (facts.failure !== null) return null;
    // What CONCURRENTLY reads, the plain form reads too: rows of other tables that refer to the parent.
    const drafts = [
      gate(detaching),
      detach(detaching, copied, facts.scans),
      ...(copied === null ? [] : [validate(detaching, copied)]),
    ];
    return { parts: [{ statement, drafts }], taken: 1 };
  },
};

interface Detaching {
  readonly command: AlterCommandOf<'detach-partition'>;
  readonly parent: RelationKey;
  readonly partition: RelationKey;
  readonly name: string;
}

function detachingOf(input: SequenceInput): Detaching | null {
  const action = input.statements[input.at]?.action;
  if (action?.kind !== 'alter-table' || action.object !== 'table') return null;
  const command = action.commands[0];
  if (command?.kind !== 'detach-partition' || command.finalize) return null;
  const parent = findTable(input.catalog, action.name);
  const partition = findTable(input.catalog, command.partition);
  if (parent === null || partition === null || input.isFresh(relationKey(parent.name))) return null;
  return {
    command,
    parent: relationKey(parent.name),
    partition: relationKey(partition.name),
    name: partition.name.name,
  };
}

function gate({ parent, partition, name }: Detaching): GateDraft {
  return {
    kind: 'gate',
    name: `gate-detach-${name}`,
    phase: 'contract',
    why: `From the next step on ${parent} neither shows the rows of ${partition} nor takes new ones like them.`,
    deploy: `Deploy code that neither reads nor writes rows of ${partition} by way of ${parent}, and wait until no older version runs.`,
  };
}

/** The CHECK with which CONCURRENTLY keeps the bound on the partition; null where it leaves none. */
function checkLeftBehind(input: SequenceInput, { partition }: Detaching): string | null {
  const statement = input.statements[input.at];
  if (statement === undefined) return null;
  const names = (table: Table | null): readonly string[] =>
    (table?.constraints ?? []).flatMap((one) => (one.kind === 'check' ? one.name : []));
  const before = names(tableOf(input.catalog, partition));
  const after = names(tableOf(input.tools.applyStatement(input.catalog, statement), partition));
  return after.find((name) => !before.includes(name)) ?? null;
}

function detach(detaching: Detaching, copied: string | null, scans: readonly RelationKey[]): TransactionDraft {
  const { command, parent, partition, name } = detaching;
  const read = scans.join(', ');
  const reading = `${read} ${scans.length === 1 ? 'is' : 'are'} read for rows that refer to the partition, so it gets one second and is taken back whole if that is not enough.`;
  return {
    kind: 'transaction',
    name: `detach-${name}`,
    phase: 'contract',
    why: `Catalog work only: a moment under ACCESS EXCLUSIVE.${scans.length === 0 ? '' : ` But ${reading}`}`,
    sql: [
      ...(copied === null ? [] : [addCheck(partition, copied)]),
      `ALTER TABLE ${parent} DETACH PARTITION ${partition}`,
    ],
    undo: null,
    postCondition: isNoPartition(parent, partition),
    ...(command.concurrently ? { note: notConcurrently(partition, copied) } : {}),
    ...(scans.length === 0 ? {} : { bounded: true }),
  };
}

function notConcurrently(partition: RelationKey, copied: string | null): string {
  const check =
    copied === null ? '' : ` The CHECK that CONCURRENTLY leaves on ${partition} (${copied}) is made all the same.`;
  return `DETACH ... CONCURRENTLY is done as a plain DETACH: interrupted, it would leave the partition half detached. The plain form asks for its locks for 100 ms at most, again and again, and holds them for a moment.${check}`;
}

/** In the words of the server, which knows the bound better than anybody. */
function addCheck(partition: RelationKey, name: string): string {
  const table = `${quoteLiteral(partition)}::pg_catalog.regclass`;
  const add = `ALTER TABLE ${partition} ADD CONSTRAINT ${quoteIdentifier(name)} CHECK (%s) NOT VALID`;
  return `DO $evenkeel$
BEGIN
  EXECUTE pg_catalog.format(${quoteLiteral(add)}, pg_catalog.pg_get_partition_constraintdef(${table}));
END
$evenkeel$`;
}

function validate({ partition }: Detaching, name: string): TransactionDraft {
  // Not by its name: that the CHECK is there is known to nobody who reads this step alone.
  const sql = `ALTER TABLE ${partition} VALIDATE CONSTRAINT %I`;
  return {
    kind: 'transaction',
    name: `validate-${name}`,
    phase: 'contract',
    why: 'VALIDATE reads the table while reads and writes go on.',
    sql: [
      `DO $evenkeel$\nBEGIN\n  EXECUTE pg_catalog.format(${quoteLiteral(sql)}, ${quoteLiteral(name)});\nEND\n$evenkeel$`,
    ],
    undo: [],
    postCondition: constraintIsValid(partition, name),
    locks: [{ relation: partition, mode: 'SHARE UPDATE EXCLUSIVE' }],
  };
}
