import type { RuleDescription } from '../model/rule-settings.ts';
import { FILE_RULES } from './file-rules.ts';
import { RULES } from './rules.ts';

/** Every rule that a finding can come from, the gravest first. */
export const RULE_DESCRIPTIONS: readonly RuleDescription[] = [...RULES, ...Object.values(FILE_RULES)].map(
  ({ id, severity, summary, remedy }) => ({ id, severity, summary, remedy }),
);
