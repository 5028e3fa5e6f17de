import { RULE_DESCRIPTIONS, RULE_NAMES } from '../lint/rule-descriptions.ts';
import type { RecipeDescription, RuleDescription } from '../model/rule-settings.ts';
import { RECIPES, SEQUENCE_RECIPES } from '../plan/recipes.ts';

/** Every rule of `check`, the gravest first. */
export function listRules(): readonly RuleDescription[] {
  return RULE_DESCRIPTIONS;
}

/** What settings and comments may name: every rule, and groups that are no rule themselves. */
export function listRuleNames(): readonly string[] {
  return RULE_NAMES;
}

/** Every recipe of `plan`, those for several statements together last. */
export function listRecipes(): readonly RecipeDescription[] {
  return [...RECIPES, ...SEQUENCE_RECIPES].map(({ name, summary }) => ({ name, summary }));
}
