import { applyStatement } from '../catalog/apply-statement.ts';
import { deriveFacts } from '../facts/postgres/derive-facts.ts';
import { FILE_RULES } from '../lint/file-rules.ts';
import { lintStatement, type UnmarkedFinding } from '../lint/lint-statement.ts';
import { RULE_DESCRIPTIONS } from '../lint/rule-descriptions.ts';
import { ruleLevel } from '../lint/rule-level.ts';
import type { Catalog } from '../model/catalog.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { Finding, SuppressedFinding } from '../model/finding.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import { partOfSpan, type Span } from '../model/span.ts';
import type { Statement } from '../model/statement.ts';
import { recipeFor } from '../plan/recipes.ts';
import { splitCommands } from '../plan/split-commands.ts';
import { commandRanges } from '../sql/postgres/command-ranges.ts';
import type { ParsedMigration } from './check.ts';
import { fileFinding, fileFindings } from './file-findings.ts';
import { type JudgedStep, type JudgeOptions, judgeStatements } from './judge-statements.ts';
import { markFindings } from './mark-findings.ts';
import { readDirectives } from './read-directives.ts';
import { suppressFindings } from './suppress-findings.ts';

export interface CheckFileInput extends JudgeOptions {
  readonly parsed: ParsedMigration;
  /** The schema before the file. */
  readonly catalog: Catalog;
  readonly repositoryPath: string;
  readonly planCommand: string;
  readonly settings?: RuleSettings;
  /** A file before this one could not be read, so the schema lacks what it does. */
  readonly followsLeftOut: boolean;
}

export interface CheckedMigration {
  readonly steps: readonly JudgedStep[];
  /** The schema after the file. */
  readonly catalog: Catalog;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
}

const KNOWN_RULES = RULE_DESCRIPTIONS.map(({ id }) => id);

/** Judges one migration on the schema that it meets, and hears what its comments accept. Pure. */
export function checkFile(input: CheckFileInput): CheckedMigration {
  const { migration, statements } = input.parsed;
  const { steps, catalog } = judgeStatements(statements, input.catalog, input);
  const opinions = steps.flatMap((step) => opinionsAbout(step, input));
  const directives = readDirectives(migration.sql, statements, KNOWN_RULES);
  const marked = markFindings([...opinions, ...fileFindings(input, directives)], input.repositoryPath);
  const { kept, suppressed, unused } = suppressFindings(marked, directives.directives);
  const levelOf = (rule: string): string => ruleLevel(rule, 'info', [], input.settings ?? {});
  const useless = unused
    .filter(({ rule }) => levelOf(rule) !== 'off')
    .flatMap(({ rule, directive }) =>
      fileFinding(input, FILE_RULES.unusedSuppression, directive, `Accepts ${rule}, which has nothing to say here.`),
    );
  return { steps, catalog, findings: [...kept, ...markFindings(useless, input.repositoryPath)], suppressed };
}

function opinionsAbout(step: JudgedStep, input: CheckFileInput): readonly UnmarkedFinding[] {
  const { migration } = input.parsed;
  const isFresh = (relation: string): boolean =>
    input.catalog.relations[relation] === undefined && step.before.relations[relation] !== undefined;
  const commands = once(() => commandSteps(input, step));
  const findings = lintStatement({
    path: migration.path,
    span: step.statement.span,
    sql: step.statement.sql,
    facts: step.facts,
    isUsed: (relation) => !isFresh(relation),
    rowsOf: (relation) => {
      const found = step.before.relations[relation];
      return found === undefined || found.kind === 'sequence' ? null : found.rowsEstimate;
    },
    runsInTransaction: migration.format === 'drizzle',
    planCommand: input.planCommand,
    safeWay: once(() => safeWay(input, commands(), isFresh)),
    commands: () => placesOf(step.statement, commands),
    settings: input.settings ?? {},
    ...(input.calibration === undefined
      ? {}
      : { sizes: { catalog: step.before, calibration: input.calibration, isUsed: (one: string) => !isFresh(one) } }),
  });
  return input.followsLeftOut ? findings.map(doubted) : findings;
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

/** One command of a statement, as a statement of its own. */
interface CommandStep {
  readonly statement: Statement;
  readonly facts: StatementFacts;
  readonly before: Catalog;
}

function commandSteps(input: JudgeOptions, step: JudgedStep): readonly CommandStep[] {
  let catalog = step.before;
  return splitCommands(step.statement).map((statement) => {
    const before = catalog;
    const { version, timeZone, catalogIsComplete } = input;
    const facts = deriveFacts({ statement, catalog, version, timeZone, catalogIsComplete });
    catalog = applyStatement(catalog, statement);
    return { statement, facts, before };
  });
}

/** The facts of each of several commands with its place; empty for a statement that is one command. */
function placesOf(
  { span, sql, action }: Statement,
  commands: () => readonly CommandStep[],
): readonly { readonly facts: StatementFacts; readonly span: Span }[] {
  if (action.kind !== 'alter-table' || action.commands.length < 2) return [];
  const ranges = commandRanges({ span, sql, action });
  return commands().flatMap(({ facts }, index) => {
    const range = ranges[index];
    return range === undefined ? [] : [{ facts, span: partOfSpan(span, sql, range.start, range.end) }];
  });
}

/** The first command of the statement for which the planner has a way of its own. */
function safeWay(
  { version }: JudgeOptions,
  commands: readonly CommandStep[],
  isFresh: (relation: string) => boolean,
): { readonly recipe: string; readonly summary: string } | null {
  for (const { statement, facts, before } of commands) {
    const recipe = recipeFor({ statement, facts, catalog: before, version, isFresh });
    if (recipe !== null) return { recipe: recipe.name, summary: recipe.summary };
  }
  return null;
}

/** Computes at the first call only: most statements have no finding, some have several. */
function once<Value>(compute: () => Value): () => Value {
  let computed: { readonly value: Value } | null = null;
  return () => {
    computed ??= { value: compute() };
    return computed.value;
  };
}
