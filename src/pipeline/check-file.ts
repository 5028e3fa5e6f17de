import { applyStatement } from '../catalog/apply-statement.ts';
import { deriveFacts } from '../facts/postgres/derive-facts.ts';
import { isSteady } from '../facts/postgres/volatility.ts';
import { FILE_RULES } from '../lint/file-rules.ts';
import { type LintPart, lintStatement, type UnmarkedFinding } from '../lint/lint-statement.ts';
import type { RuleInput } from '../lint/rule.ts';
import { RULE_DESCRIPTIONS, RULE_NAMES } from '../lint/rule-descriptions.ts';
import { ruleLevel } from '../lint/rule-level.ts';
import type { Catalog, Relation } from '../model/catalog.ts';
import type { Finding, SuppressedFinding } from '../model/finding.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import { partOfSpan, type Span } from '../model/span.ts';
import { recipeFor } from '../plan/recipes.ts';
import { splitCommands } from '../plan/split-commands.ts';
import { commandRanges } from '../sql/postgres/command-ranges.ts';
import { stringLiterals } from '../sql/postgres/string-literals.ts';
import type { ActionSequence } from './action-sequence.ts';
import { fileFinding, fileFindings } from './file-findings.ts';
import { type JudgedStep, type JudgeOptions, judgeStatements } from './judge-statements.ts';
import { markFindings } from './mark-findings.ts';
import type { ParsedMigration } from './parsed-migration.ts';
import { readDirectives } from './read-directives.ts';
import { renamedRelations } from './renamed-relations.ts';
import { suppressFindings } from './suppress-findings.ts';
import type { TransactionWalk } from './transaction-walk.ts';

export interface CheckFileInput extends JudgeOptions {
  readonly parsed: ParsedMigration;
  /** The schema before the file. */
  readonly catalog: Catalog;
  readonly repositoryPath: string;
  readonly planCommand: string;
  readonly settings?: RuleSettings;
  /** A file before this one could not be read, so the schema lacks what it does. */
  readonly followsLeftOut: boolean;
  /** All files, this one among them. */
  readonly sequence: ActionSequence;
  /** Where the tool's transaction and session stand; goes along. */
  readonly walk: TransactionWalk;
}

export interface CheckedMigration {
  readonly steps: readonly JudgedStep[];
  /** The schema after the file. */
  readonly catalog: Catalog;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
}

const NO_SETTINGS: RuleSettings = {};
const GROUPS: ReadonlyMap<string, string | undefined> = new Map(RULE_DESCRIPTIONS.map(({ id, group }) => [id, group]));

/** Judges one migration on the schema that it meets, and hears what its comments accept. Pure. */
export function checkFile(input: CheckFileInput): CheckedMigration {
  const { migration, statements } = input.parsed;
  const { steps, catalog } = judgeStatements(statements, input.catalog, input);
  const judged = { ...input, renamed: renamedRelations(steps, input.catalog) };
  const opinions = steps.flatMap((step, position) => opinionsAbout(step, position, judged));
  const directives = readDirectives(migration.sql, statements, RULE_NAMES);
  const marked = markFindings([...opinions, ...fileFindings(input, directives)], input.repositoryPath);
  const { kept, suppressed, unused } = suppressFindings(marked, directives.directives, groupOf);
  const levelOf = (rule: string): string => ruleLevel(describe(rule), 'info', [], input.settings ?? {});
  const useless = unused
    .filter(({ rule }) => levelOf(rule) !== 'off')
    .flatMap(({ rule, directive }) =>
      fileFinding(input, FILE_RULES.unusedSuppression, directive, `Accepts ${rule}, which has nothing to say here.`),
    );
  return { steps, catalog, findings: [...kept, ...markFindings(useless, input.repositoryPath)], suppressed };
}

function groupOf(rule: string): string | undefined {
  return GROUPS.get(rule);
}

function describe(rule: string): { readonly id: string; readonly group?: string } {
  const group = groupOf(rule);
  return group === undefined ? { id: rule } : { id: rule, group };
}

interface JudgedFile extends CheckFileInput {
  readonly renamed: ReadonlySet<RelationKey>;
}

function opinionsAbout(step: JudgedStep, position: number, input: JudgedFile): readonly UnmarkedFinding[] {
  const { migration } = input.parsed;
  const { statement, facts, before } = step;
  const isFresh = rememberLast(
    (relation) =>
      input.catalog.relations[relation] === undefined &&
      before.relations[relation] !== undefined &&
      !input.renamed.has(relation),
  );
  const { walk } = input;
  const inputOf = ruleInputs(input, step, position, isFresh);
  const whole = inputOf(step);
  const parts = once(() => partsOf(input, step, inputOf, isFresh));
  const findings = lintStatement({
    path: migration.path,
    span: statement.span,
    sql: statement.sql,
    input: whole,
    planCommand: input.planCommand,
    parts,
    settings: input.settings ?? NO_SETTINGS,
    ...(input.calibration === undefined
      ? {}
      : { sizes: { catalog: before, calibration: input.calibration, isUsed: whole.isUsed } }),
  });
  walk.pass(statement.action, facts, { path: migration.path, line: statement.span.line });
  return input.followsLeftOut ? findings.map(doubted) : findings;
}

/**
 * What rules see of a statement, or of a command of it. Written out field by field: copied from a common part it takes
 * longer than what most rules do.
 */
function ruleInputs(
  { parsed, sequence, version, walk }: JudgedFile,
  { statement, before }: JudgedStep,
  position: number,
  isFresh: (relation: RelationKey) => boolean,
): (one: JudgedStep) => RuleInput {
  const unit = walk.unit();
  const session = walk.session();
  const history = walk.history();
  const isUsed: RuleInput['isUsed'] = (relation) => !isFresh(relation);
  const rowsOfKey: RuleInput['rowsOf'] = (relation) => rowsOf(before.relations[relation]);
  const later: RuleInput['later'] = (...kinds) => sequence.after(parsed, position, kinds);
  const laterOn: RuleInput['laterOn'] = (table, kind) => sequence.afterOn(parsed, position, kind, table);
  const literals = once(() => stringLiterals(statement.sql));
  return (one) => ({
    action: one.statement.action,
    facts: one.facts,
    catalog: one.before,
    version,
    isUsed,
    rowsOf: rowsOfKey,
    unit,
    session,
    history,
    later,
    laterOn,
    literals,
  });
}

function rowsOf(relation: Relation | undefined): number | null {
  return relation === undefined || relation.kind === 'sequence' ? null : relation.rowsEstimate;
}

/** That something is missing or there already may be the doing of the file that could not be read. */
function doubted(finding: UnmarkedFinding): UnmarkedFinding {
  if (finding.facts.failure?.sqlstate.startsWith('42') !== true || finding.rule !== 'certain-failure') return finding;
  return {
    ...finding,
    severity: 'info',
    title: `May fail with ${finding.facts.failure.sqlstate}: ${finding.facts.failure.reason}.`,
    consequence: 'A file before this one could not be read and is left out of the replay, so this is not certain.',
  };
}

/** Each command of a statement as a statement of its own, with its place and the planner's way for it. */
function partsOf(
  input: JudgeOptions,
  { statement, facts, before, isEmpty }: JudgedStep,
  inputOf: (one: JudgedStep) => RuleInput,
  isFresh: (relation: string) => boolean,
): readonly LintPart[] {
  const { version, timeZone, catalogIsComplete } = input;
  const partOf = (one: JudgedStep, span: Span): LintPart => ({
    input: inputOf(one),
    span,
    safeWay: once(() => {
      const recipe = recipeFor({
        statement: one.statement,
        facts: one.facts,
        catalog: one.before,
        version,
        isFresh,
        isSteady: (expression) => isSteady({ catalog: one.before }, expression),
      });
      return recipe === null ? null : { recipe: recipe.name, summary: recipe.summary };
    }),
  });
  const commands = splitCommands(statement);
  if (commands.length < 2) return [partOf({ statement, facts, before, isEmpty }, statement.span)];
  const ranges = commandRanges(statement);
  let catalog = before;
  return commands.map((command, index) => {
    const one = {
      statement: command,
      facts: deriveFacts({ statement: command, catalog, version, timeZone, catalogIsComplete, isEmpty }),
      before: catalog,
      isEmpty,
    };
    catalog = applyStatement(catalog, command);
    const range = ranges[index];
    const { span, sql } = statement;
    return partOf(one, range === undefined ? span : partOfSpan(span, sql, range.start, range.end));
  });
}

/** Most statements are about one relation, and every rule asks about it. */
function rememberLast(answer: (relation: RelationKey) => boolean): (relation: RelationKey) => boolean {
  let lastRelation: RelationKey | null = null;
  let lastAnswer = false;
  return (relation) => {
    if (relation !== lastRelation) {
      lastAnswer = answer(relation);
      lastRelation = relation;
    }
    return lastAnswer;
  };
}

/** Computes at the first call only: most statements have no finding, some have several. */
function once<Value>(compute: () => Value): () => Value {
  let computed: { readonly value: Value } | null = null;
  return () => {
    computed ??= { value: compute() };
    return computed.value;
  };
}
