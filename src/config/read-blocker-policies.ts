import {
  type BlockerPolicies,
  type BlockerPolicy,
  ENDABLE_CLASSES,
  type EndableClass,
  PROTECTED_CLASSES,
} from '../model/blocker-policy.ts';
import { closestWord } from '../model/closest-word.ts';
import { durationOf } from '../model/duration.ts';
import { configProblem } from './config-problem.ts';
import { isRecord } from './read-rule-settings.ts';

const KEYS = ['class', 'action', 'after', 'role', 'applicationName', 'query'] as const;
const ACTIONS = ['ask', 'cancel', 'terminate'] as const;
const PATTERNS = ['role', 'applicationName', 'query'] as const;

/** So many signals a run sends at most, unless the config says otherwise. */
const SIGNALS_AT_MOST = 3;

/**
 * What `apply` may do about sessions in the way, checked.
 *
 * @throws UsageError that names file, key and what was expected.
 */
export function readBlockerPolicies(value: unknown, file: string): BlockerPolicies {
  if (!isRecord(value)) {
    throw configProblem(file, 'blockers', 'has to be an object with policies, a list, and atMost, a number');
  }
  for (const key of Object.keys(value)) {
    if (key !== 'policies' && key !== 'atMost') {
      throw configProblem(file, `blockers.${key}`, 'is not known; there are policies and atMost');
    }
  }
  const { policies, atMost = SIGNALS_AT_MOST } = value;
  if (!Array.isArray(policies) || policies.length === 0) {
    throw configProblem(
      file,
      'blockers.policies',
      "has to be a list, such as [{ class: 'idle-in-transaction', action: 'terminate', after: '5min' }]",
    );
  }
  if (typeof atMost !== 'number' || !Number.isInteger(atMost) || atMost < 1 || atMost > 1_000) {
    throw configProblem(
      file,
      'blockers.atMost',
      'has to be a whole number from 1 to 1000: how many signals a run may send',
    );
  }
  return { policies: policies.map((one, index) => readPolicy(one, `blockers.policies[${index}]`, file)), atMost };
}

function readPolicy(value: unknown, key: string, file: string): BlockerPolicy {
  if (!isRecord(value)) throw configProblem(file, key, 'has to be an object with class, action and after');
  for (const name of Object.keys(value)) {
    if (KEYS.some((known) => known === name)) continue;
    const meant = closestWord(name, KEYS);
    const hint = meant === null ? `there are ${KEYS.join(', ')}` : `did you mean ${meant}`;
    throw configProblem(file, `${key}.${name}`, `is not known; ${hint}`);
  }
  const kind = readClass(value['class'], `${key}.class`, file);
  const action = ACTIONS.find((one) => one === value['action']);
  if (action === undefined) throw configProblem(file, `${key}.action`, 'has to be ask, cancel or terminate');
  if (action === 'cancel' && (kind === 'idle-in-transaction' || kind === 'open-cursor')) {
    throw configProblem(
      file,
      `${key}.action`,
      `has to be ask or terminate: in ${kind} there is no statement to cancel`,
    );
  }
  if (action === 'terminate' && kind === 'autovacuum') {
    throw configProblem(file, `${key}.action`, 'has to be ask or cancel: a vacuum that is ended begins anew');
  }
  return {
    class: kind,
    action,
    afterMs: readAfter(value['after'], `${key}.after`, file),
    ...readPatterns(value, key, file),
  };
}

function readClass(value: unknown, key: string, file: string): EndableClass {
  const kind = ENDABLE_CLASSES.find((one) => one === value);
  if (kind !== undefined) return kind;
  const isProtected = PROTECTED_CLASSES.some((one) => one === value);
  const expected = `has to be one of ${ENDABLE_CLASSES.join(', ')}`;
  throw configProblem(file, key, isProtected ? `${expected}; ${String(value)} is never ended` : expected);
}

function readAfter(value: unknown, key: string, file: string): number {
  const afterMs = typeof value === 'string' ? durationOf(value) : null;
  if (afterMs !== null) return afterMs;
  throw configProblem(file, key, "has to say how old its transaction must be, such as '30s', '5min' or '2h'");
}

function readPatterns(
  value: Readonly<Record<string, unknown>>,
  key: string,
  file: string,
): Pick<BlockerPolicy, (typeof PATTERNS)[number]> {
  const given = PATTERNS.filter((name) => value[name] !== undefined);
  for (const name of given) {
    const text = value[name];
    if (typeof text !== 'string' || text === '') throw configProblem(file, `${key}.${name}`, 'has to be a text');
    if (name === 'query' && !isPattern(text)) {
      throw configProblem(file, `${key}.query`, `has to be a regular expression, and ${text} is none`);
    }
  }
  return Object.fromEntries(given.map((name) => [name, String(value[name])]));
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'i');
    return true;
  } catch {
    return false;
  }
}
