import type { Table } from '../model/catalog.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { alterCommandsOf } from './alter-command-of.ts';
import { isValidNotNull, notNullProofs } from './not-null-proof.ts';
import type { RuleInput } from './rule.ts';

/** The columns that one ALTER TABLE makes NOT NULL, by what the schema says of them. */
export interface SetNotNull {
  readonly key: RelationKey;
  /** Nothing proves that they hold no NULL. */
  readonly open: readonly string[];
  /** A valid CHECK proves it, and the same statement drops it. */
  readonly disproved: readonly { readonly column: string; readonly check: string }[];
}

/** null for a statement without SET NOT NULL, and for a table that is not known. */
export function setNotNullOf(input: RuleInput): SetNotNull | null {
  const [first, ...others] = alterCommandsOf(input, 'set-not-null');
  if (first?.table == null) return null;
  const { key, table } = first;
  const dropped = new Set(alterCommandsOf(input, 'drop-constraint').map(({ command }) => command.name));
  const open: string[] = [];
  const disproved: { column: string; check: string }[] = [];
  for (const column of columnsOf(table, [first, ...others])) {
    const proofs = notNullProofs(table, column);
    const [check] = proofs;
    if (check === undefined) open.push(column);
    else if (proofs.every((one) => dropped.has(one))) disproved.push({ column, check });
  }
  return { key, open, disproved };
}

/** Those that are NOT NULL already cost nothing. */
function columnsOf(
  table: Table,
  commands: readonly { readonly command: { readonly column: string } }[],
): readonly string[] {
  return commands.map(({ command }) => command.column).filter((column) => !isValidNotNull(table, column));
}
