import type { StatementFacts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import type { Span } from '../model/span.ts';
import type { SizeContext } from './estimate-work.ts';
import type { Rule, RuleInput } from './rule.ts';
import { ruleLevel } from './rule-level.ts';
import { RULES } from './rules.ts';
import { weigh } from './weigh.ts';

export interface LintInput {
  readonly path: string;
  readonly span: Span;
  readonly sql: string;
  readonly facts: StatementFacts;
  isUsed(relation: RelationKey): boolean;
  rowsOf(relation: RelationKey): number | null;
  readonly runsInTransaction: boolean;
  /** What to type to see the safe plan. */
  readonly planCommand: string;
  /** The recipe that the planner would use, with its way in one sentence; null when it would leave the statement as it is. */
  safeWay(): { readonly recipe: string; readonly summary: string } | null;
  /** The facts of each command of a statement that has several, each with its place; else empty. */
  commands(): readonly { readonly facts: StatementFacts; readonly span: Span }[];
  readonly settings: RuleSettings;
  /** Sizes and rates; without them nothing is said of times. */
  readonly sizes?: SizeContext;
}

/** A finding before it is told from others of its file. */
export type UnmarkedFinding = Omit<Finding, 'fingerprint'>;

/** Every rule's opinion about one statement, the gravest first; rules that are off say nothing. Pure. */
export function lintStatement(input: LintInput): readonly UnmarkedFinding[] {
  return RULES.flatMap((rule) => {
    const hit = rule.check(input);
    if (hit === null) return [];
    const weighed = weigh(rule, hit, input.facts, input.sizes);
    const severity = ruleLevel(rule.id, weighed.severity, hit.relations, input.settings);
    if (severity === 'off') return [];
    const safeWay = input.safeWay();
    return [
      {
        rule: rule.id,
        severity,
        path: input.path,
        span: input.span,
        focus: focusOf(rule, input),
        sql: input.sql,
        title: hit.title,
        consequence: weighed.consequence,
        remedy: safeWay?.summary ?? rule.remedy,
        recipe: safeWay?.recipe ?? null,
        nextCommand: input.planCommand,
        facts: input.facts,
        relations: [...new Set(hit.relations)],
      },
    ];
  });
}

/** The first command that the rule would speak up about alone. */
function focusOf(rule: Rule, input: LintInput): Span {
  const { isUsed, rowsOf, runsInTransaction } = input;
  const guilty = input.commands().find(({ facts }) => {
    const alone: RuleInput = { facts, isUsed, rowsOf, runsInTransaction };
    return rule.check(alone) !== null;
  });
  return guilty?.span ?? input.span;
}
