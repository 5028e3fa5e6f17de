import type { StatementFacts } from '../model/facts.ts';
import type { Severity } from '../model/finding.ts';
import { estimateWork, type SizeContext } from './estimate-work.ts';
import type { Rule, RuleHit } from './rule.ts';
import { lowered } from './small-work.ts';

/** What a hit counts as, and what it means, once sizes are known. */
export interface WeighedHit {
  readonly severity: Severity;
  readonly consequence: string;
}

/**
 * A hit in the light of sizes: how long it takes and how many would wait, and one notch less where all tables are
 * small. Only for rules about work that grows with a table; without sizes a hit stays as it is.
 */
export function weigh(rule: Rule, hit: RuleHit, facts: StatementFacts, sizes: SizeContext | undefined): WeighedHit {
  const { consequence, severity = rule.severity } = hit;
  if (sizes === undefined || rule.growsWithTable !== true) return { severity, consequence };
  const less = lowered(severity, facts, sizes);
  const sentences = [consequence, estimateWork(facts, sizes)?.sentence, less?.reason];
  return {
    severity: less?.severity ?? severity,
    consequence: sentences.filter((sentence) => sentence !== undefined).join(' '),
  };
}
