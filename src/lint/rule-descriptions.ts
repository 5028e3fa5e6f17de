import type { RuleDescription } from '../model/rule-settings.ts';
import { FILE_RULES } from './file-rules.ts';
import { STYLE } from './rule.ts';
import { RULES } from './rules.ts';

/** Every rule that a finding can come from, the gravest first. */
export const RULE_DESCRIPTIONS: readonly RuleDescription[] = [...RULES, ...Object.values(FILE_RULES)].map(
  ({ id, group, severity, summary, remedy }) => ({
    id,
    ...(group === undefined ? {} : { group }),
    severity,
    summary,
    remedy,
  }),
);

/** What settings and comments may name: rules, and groups that are no rule themselves. */
export const RULE_NAMES: readonly string[] = [...RULE_DESCRIPTIONS.map(({ id }) => id), STYLE];
