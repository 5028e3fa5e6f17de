import type { Severity } from '../model/finding.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { RuleLevel, RuleSettings } from '../model/rule-settings.ts';
import { STYLE } from './rule.ts';

const GRAVITY: readonly RuleLevel[] = ['off', 'info', 'warning', 'error'];

/**
 * How a hit of a rule counts. What is said about its group holds for a rule that is not named itself; a rule of taste is
 * off unless somebody asks for it. Of several patterns that match one table the longest is meant; of several tables the one
 * for which it is gravest decides, so that a table that may be harmed is never excused by another one.
 *
 * @param severity what it counts as when nobody says otherwise.
 * @param relations what the hit is about.
 */
export function ruleLevel(
  rule: { readonly id: string; readonly group?: string },
  severity: Severity,
  relations: readonly RelationKey[],
  settings: RuleSettings,
): RuleLevel {
  const setting = settings[rule.id] ?? (rule.group === undefined ? undefined : settings[rule.group]);
  if (setting === undefined) return rule.group === STYLE ? 'off' : severity;
  if (typeof setting === 'string') return setting;
  const base = setting.severity ?? severity;
  const tables = Object.entries(setting.tables ?? {}).sort(([a], [b]) => b.length - a.length);
  const levels = relations.map(
    (relation) => tables.find(([pattern]) => matchesPattern(relation, pattern))?.[1] ?? base,
  );
  return levels.reduce((a, b) => (GRAVITY.indexOf(a) >= GRAVITY.indexOf(b) ? a : b), levels[0] ?? base);
}

/** @example matchesPattern('public.big_orders', 'public.big_*') // true */
export function matchesPattern(relation: RelationKey, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(relation);
}
