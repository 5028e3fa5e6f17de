import type { ActionKind } from '../model/action.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import { type Rule, STYLE } from './rule.ts';
import { RULES } from './rules.ts';

const KNOWN = new WeakMap<RuleSettings, Map<ActionKind, readonly Rule[]>>();

/**
 * The rules that can have something to say about such a statement, the gravest first. Rules of taste that nobody asked
 * for are left out; others that are off are asked all the same, as they silence a more general one.
 */
export function rulesFor(kind: ActionKind, settings: RuleSettings): readonly Rule[] {
  const known = KNOWN.get(settings) ?? new Map<ActionKind, readonly Rule[]>();
  KNOWN.set(settings, known);
  let rules = known.get(kind);
  if (rules === undefined) {
    rules = RULES.filter((rule) => rule.about?.includes(kind) !== false && isAskedFor(rule, settings));
    known.set(kind, rules);
  }
  return rules;
}

function isAskedFor(rule: Rule, settings: RuleSettings): boolean {
  return rule.group !== STYLE || settings[rule.id] !== undefined || settings[STYLE] !== undefined;
}
