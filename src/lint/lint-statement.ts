import type { Finding } from '../model/finding.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import type { Span } from '../model/span.ts';
import type { SizeContext } from './estimate-work.ts';
import type { Rule, RuleHit, RuleInput } from './rule.ts';
import { ruleLevel } from './rule-level.ts';
import { type AskedRule, rulesFor } from './rules-for.ts';
import { weigh } from './weigh.ts';

/** One command of a statement, as if it stood alone. */
export interface LintPart {
  readonly input: RuleInput;
  readonly span: Span;
  /** The recipe that the planner would use, with its way in one sentence; null when it would leave it as it is. */
  safeWay(): SafeWay | null;
}

export interface SafeWay {
  readonly recipe: string;
  readonly summary: string;
}

export interface LintInput {
  readonly path: string;
  readonly span: Span;
  readonly sql: string;
  readonly input: RuleInput;
  /** What to type to see the safe plan. */
  readonly planCommand: string;
  /** At least one; several for a statement that has several commands. */
  parts(): readonly LintPart[];
  readonly settings: RuleSettings;
  /** Sizes and rates; without them nothing is said of times. */
  readonly sizes?: SizeContext;
}

/** A finding before it is told from others of its file. */
export type UnmarkedFinding = Omit<Finding, 'fingerprint'>;

interface PlacedHit {
  readonly rule: Rule;
  readonly hit: RuleHit;
  readonly facts: RuleInput['facts'];
  readonly focus: Span;
  safeWay(): SafeWay | null;
}

/** Every rule's opinion about one statement, the gravest first; rules that are off say nothing. Pure. */
export function lintStatement(lint: LintInput): readonly UnmarkedFinding[] {
  const hits: PlacedHit[] = [];
  for (const asked of rulesFor(lint.input.action, lint.settings)) addHits(hits, asked, lint);
  if (hits.length === 0) return [];
  return hits.filter((one) => !isSaidBetter(one, hits)).flatMap((one) => findingOf(one, lint));
}

function addHits(hits: PlacedHit[], { rule, isPerCommand, check }: AskedRule, lint: LintInput): void {
  const { action } = lint.input;
  if (isPerCommand && action.kind === 'alter-table' && action.commands.length > 1) {
    for (const { input, span, safeWay } of lint.parts()) {
      const hit = check(input);
      if (hit !== null) hits.push({ rule, hit, facts: hit.weighed ?? input.facts, focus: span, safeWay });
    }
    return;
  }
  const hit = check(lint.input);
  if (hit === null) return;
  const facts = hit.weighed ?? lint.input.facts;
  hits.push({ rule, hit, facts, focus: focusOf(rule, lint), safeWay: () => safeWayOf(lint) });
}

/** A sharper rule speaks about all that this one does. */
function isSaidBetter({ rule, hit }: PlacedHit, hits: readonly PlacedHit[]): boolean {
  const sharper = hits.filter(
    (other) => other.rule.group === rule.id || other.rule.alsoSays?.includes(rule.id) === true,
  );
  if (sharper.length === 0) return false;
  const covered = new Set(sharper.flatMap((other) => other.hit.relations));
  return hit.relations.every((relation) => covered.has(relation));
}

function findingOf(placed: PlacedHit, lint: LintInput): readonly UnmarkedFinding[] {
  const { rule, hit, facts, focus } = placed;
  const weighed = weigh(rule, hit, facts, lint.sizes);
  const severity = ruleLevel(rule, weighed.severity, hit.relations, lint.settings);
  if (severity === 'off') return [];
  const safeWay = rule.ownRemedy === true ? null : placed.safeWay();
  return [
    {
      rule: rule.id,
      severity,
      path: lint.path,
      span: lint.span,
      focus,
      sql: lint.sql,
      title: hit.title,
      consequence: weighed.consequence,
      remedy: hit.remedy ?? safeWay?.summary ?? rule.remedy,
      recipe: safeWay?.recipe ?? null,
      nextCommand: lint.planCommand,
      facts: lint.input.facts,
      relations: [...new Set(hit.relations)],
    },
  ];
}

/** Of the first command that has one. */
function safeWayOf(lint: LintInput): SafeWay | null {
  for (const part of lint.parts()) {
    const way = part.safeWay();
    if (way !== null) return way;
  }
  return null;
}

/** The first command that the rule would speak up about alone. */
function focusOf(rule: Rule, lint: LintInput): Span {
  const { action } = lint.input;
  if (action.kind !== 'alter-table' || action.commands.length < 2) return lint.span;
  return lint.parts().find(({ input }) => rule.check(input) !== null)?.span ?? lint.span;
}
