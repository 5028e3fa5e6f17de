import { relationOfLoss } from '../lint/relation-part.ts';
import { RULE_DESCRIPTIONS } from '../lint/rule-descriptions.ts';
import type { AlterCommand } from '../model/alter-command.ts';
import type { Catalog } from '../model/catalog.ts';
import { findTable, tableOf } from '../model/catalog-lookup.ts';
import type { Finding } from '../model/finding.ts';
import type { LossCount, PlanLoss } from '../model/plan-loss.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import { commandRanges } from '../sql/postgres/command-ranges.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { check } from './check.ts';
import type { JudgedStep, JudgeOptions } from './judge-statements.ts';
import type { JudgedMigration } from './judged-migration.ts';
import { sizeOf } from './known-sizes.ts';
import { narrowedRows } from './narrowed-rows.ts';
import type { ParsedMigration } from './parsed-migration.ts';

/** What deletes is told by these, and by those that say it in sharper words. */
const DELETING = 'data-loss';
/** About one column, whose values do not all have a place afterwards. */
const NARROWING: ReadonlySet<string> = new Set(['narrowing-type', 'enum-recreated']);
const RULES = RULE_DESCRIPTIONS.filter(
  ({ id, group }) => id === DELETING || group === DELETING || id === 'drop-then-add-column' || NARROWING.has(id),
);
const SETTINGS: RuleSettings = {
  ...Object.fromEntries(RULE_DESCRIPTIONS.map(({ id }) => [id, 'off' as const])),
  ...Object.fromEntries(RULES.map(({ id, severity }) => [id, severity])),
};

export interface LossInput extends JudgeOptions {
  readonly migrations: readonly ParsedMigration[];
  readonly catalog: Catalog;
}

/** What `check` says of lost data, with a query that counts the rows it is about. */
export function planLosses(input: LossInput, judged: readonly JudgedMigration[]): readonly PlanLoss[] {
  const report = check({ ...input, settings: SETTINGS, planCommand: 'evenkeel plan', context: '' });
  const open = report.findings.map((finding) => ({ finding, accepted: null }));
  const decided = report.suppressed.map(({ finding, by }) => ({
    finding,
    accepted: by.kind === 'comment' ? by.reason : null,
  }));
  const all = [...open, ...decided].filter(({ finding }) => RULES.some(({ id }) => id === finding.rule));
  const losses = all.map(({ finding, accepted }): PlanLoss => {
    const { path, focus, rule, title, consequence } = finding;
    return { path, line: focus.line, rule, title, consequence, accepted, counts: countsOf(finding, judged) };
  });
  const place = new Map(judged.map(({ path }, index) => [path, index]));
  return losses.sort((a, b) => (place.get(a.path) ?? 0) - (place.get(b.path) ?? 0) || a.line - b.line);
}

function countsOf(finding: Finding, judged: readonly JudgedMigration[]): readonly LossCount[] {
  const migration = judged.find(({ path }) => path === finding.path);
  const step = migration?.steps.find(({ statement }) => statement.span.startOffset === finding.span.startOffset);
  if (migration === undefined || step === undefined) return [];
  if (NARROWING.has(finding.rule)) return countNarrowed(finding, step);
  const isDeleting = finding.rule !== 'drop-then-add-column';
  return isDeleting ? countDeleted(step, (relation) => migration.isUsed(step, relation)) : [];
}

function countNarrowed(finding: Finding, step: JudgedStep): readonly LossCount[] {
  const { action } = step.statement;
  const command = commandAt(finding, step);
  const table = action.kind === 'alter-table' ? findTable(step.before, action.name) : null;
  if (command?.kind !== 'set-type' || table === null) return [];
  const column = table.columns.find(({ name }) => name === command.column);
  const condition = column === undefined ? null : narrowedRows(step.before, column, command);
  const relation = relationKey(table.name);
  return [countOf(step.before, relation, condition === null ? null : ` WHERE ${condition}`)];
}

/** The command that a finding is about. */
function commandAt({ focus }: Finding, { statement }: JudgedStep): AlterCommand | undefined {
  const { action, span } = statement;
  if (action.kind !== 'alter-table') return undefined;
  if (action.commands.length === 1) return action.commands[0];
  const place = commandRanges(statement).findIndex(({ start }) => span.startOffset + start === focus.startOffset);
  return action.commands[place];
}

function countDeleted({ facts, before }: JudgedStep, isUsed: (relation: RelationKey) => boolean): readonly LossCount[] {
  const lost = facts.losses
    .map((what) => ({ what, relation: relationOfLoss(what) }))
    .filter(({ what, relation }) => isUsed(relation) && /^(?:table|column|all rows of) /.test(what));
  const relations = new Set(lost.map(({ relation }) => relation));
  // Rows of partitions, and of tables that inherit, are counted with those of the table above.
  const isTop = (relation: RelationKey): boolean => {
    const table = tableOf(before, relation);
    const above = [...(table?.partitionOf == null ? [] : [table.partitionOf.parent]), ...(table?.inherits ?? [])];
    return !above.some((one) => relations.has(one));
  };
  return lost
    .filter(({ relation }) => isTop(relation))
    .map(({ what, relation }) => {
      const column = what.startsWith('column ') ? what.slice(`column ${relation}.`.length) : null;
      return countOf(before, relation, column === null ? '' : ` WHERE ${quoteIdentifier(column)} IS NOT NULL`);
    });
}

function countOf(catalog: Catalog, relation: RelationKey, where: string | null): LossCount {
  const { rows } = sizeOf(catalog, relation);
  const sql = where === null ? null : `SELECT count(*) FROM ${relation}${where}`;
  return { relation, rowsEstimate: rows, sql, counted: null };
}
