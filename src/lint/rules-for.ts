import type { Action } from '../model/action.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import { type Rule, type RuleHit, type RuleInput, STYLE } from './rule.ts';
import { RULES } from './rules.ts';

/**
 * A rule with what is looked at for every statement. All of them have the same shape, which rules have not: engines are
 * quick with objects of one shape only.
 */
export interface AskedRule {
  readonly rule: Rule;
  readonly isPerCommand: boolean;
  check(input: RuleInput): RuleHit | null;
}

const KNOWN = new WeakMap<RuleSettings, Map<string, readonly AskedRule[]>>();

/**
 * The rules that can have something to say about such a statement, the gravest first. Rules of taste that nobody asked
 * for are left out; others that are off are asked all the same, as they silence a more general one.
 */
export function rulesFor(action: Action, settings: RuleSettings): readonly AskedRule[] {
  const known = KNOWN.get(settings) ?? new Map<string, readonly AskedRule[]>();
  KNOWN.set(settings, known);
  const command = onlyCommandOf(action);
  const key = command === null ? action.kind : `${action.kind} ${command}`;
  let rules = known.get(key);
  if (rules === undefined) {
    rules = RULES.filter((rule) => isAbout(rule, action) && isAskedFor(rule, settings)).map(asked);
    known.set(key, rules);
  }
  return rules;
}

function asked(rule: Rule): AskedRule {
  return { rule, isPerCommand: rule.perCommand === true, check: rule.check };
}

function isAbout({ about, commands }: Rule, action: Action): boolean {
  const command = onlyCommandOf(action);
  if (about?.includes(action.kind) === false) return false;
  return command === null || commands?.some((one) => one === command) !== false;
}

/** Of an ALTER TABLE with one command. Several may mean together what none of them does alone. */
function onlyCommandOf(action: Action): string | null {
  if (action.kind !== 'alter-table' || action.commands.length !== 1) return null;
  return action.commands[0]?.kind ?? null;
}

function isAskedFor(rule: Rule, settings: RuleSettings): boolean {
  return rule.group !== STYLE || settings[rule.id] !== undefined || settings[STYLE] !== undefined;
}
