import type { StatementFacts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { Span } from '../model/span.ts';
import { RULES } from './rules.ts';

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
  readonly safeWay: { readonly recipe: string; readonly summary: string } | null;
}

/** Every rule's opinion about one statement, the gravest first. Pure. */
export function lintStatement(input: LintInput): readonly Finding[] {
  return RULES.flatMap((rule) => {
    const hit = rule.check(input);
    if (hit === null) return [];
    return [
      {
        rule: rule.id,
        severity: rule.severity,
        path: input.path,
        span: input.span,
        sql: input.sql,
        title: hit.title,
        consequence: hit.consequence,
        remedy: input.safeWay?.summary ?? rule.remedy,
        recipe: input.safeWay?.recipe ?? null,
        nextCommand: input.planCommand,
        facts: input.facts,
      },
    ];
  });
}
