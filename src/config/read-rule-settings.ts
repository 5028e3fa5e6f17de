import { closestWord } from '../model/closest-word.ts';
import type { RuleLevel, RuleSetting, RuleSettings } from '../model/rule-settings.ts';
import { configProblem } from './config-problem.ts';

const LEVELS: readonly RuleLevel[] = ['error', 'warning', 'info', 'off'];

/** Where settings come from, for messages. */
export interface SettingsSource {
  readonly file: string;
  /** Ids of the rules there are. */
  readonly knownRules: readonly string[];
}

/**
 * Settings of rules, checked: every rule exists, every level is one, every pattern names a schema.
 *
 * @throws UsageError that names file, key and what was expected.
 */
export function readRuleSettings(value: unknown, source: SettingsSource): RuleSettings {
  const { file, knownRules } = source;
  if (!isRecord(value)) throw configProblem(file, 'rules', "has to be an object, such as { 'lock-queue': 'off' }");
  for (const [id, setting] of Object.entries(value)) {
    if (!knownRules.includes(id)) {
      const meant = closestWord(id, knownRules);
      const hint = meant === null ? 'evenkeel rules lists them all' : `did you mean ${meant}?`;
      throw configProblem(file, `rules.${id}`, `names no rule; ${hint}`.replace(/\?$/, ''));
    }
    readSetting(setting, `rules.${id}`, file);
  }
  return value as Record<string, RuleSetting>;
}

function readSetting(setting: unknown, key: string, file: string): void {
  if (!isRecord(setting)) return requireLevel(setting, key, file, ', or an object with severity and tables');
  for (const [name, value] of Object.entries(setting)) {
    if (name === 'severity') requireLevel(value, `${key}.severity`, file);
    else if (name === 'tables') readTables(value, `${key}.tables`, file);
    else throw configProblem(file, `${key}.${name}`, 'is not known; an object here has severity and tables');
  }
}

function readTables(tables: unknown, key: string, file: string): void {
  if (!isRecord(tables)) {
    throw configProblem(file, key, "has to be an object of patterns, such as { 'public.big_*': 'error' }");
  }
  for (const [pattern, level] of Object.entries(tables)) {
    if (!/^[^.]+\../s.test(pattern)) {
      throw configProblem(file, `${key}['${pattern}']`, `has to name a schema and a table, such as public.${pattern}`);
    }
    requireLevel(level, `${key}['${pattern}']`, file);
  }
}

function requireLevel(value: unknown, key: string, file: string, orElse = ''): void {
  if (LEVELS.some((level) => level === value)) return;
  throw configProblem(file, key, `has to be error, warning, info or off${orElse}, not ${JSON.stringify(value)}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
