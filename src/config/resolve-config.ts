import path from 'node:path';
import type { BlockerPolicies } from '../model/blocker-policy.ts';
import { closestWord } from '../model/closest-word.ts';
import type { QueueDecision } from '../model/queue-decision.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import { configProblem } from './config-problem.ts';
import { readBlockerPolicies } from './read-blocker-policies.ts';
import { readQueueDecision } from './read-queue-decision.ts';
import { isRecord, readRuleSettings, type SettingsSource } from './read-rule-settings.ts';

/** What a config file says, checked, with paths as one would type them where the command runs. */
export interface ResolvedConfig {
  /** The config file, from the current folder. */
  readonly file: string;
  /** null when the config does not say. */
  readonly paths: readonly string[] | null;
  readonly schemaFile: string | null;
  /** As it was written: 16 or 16.4. */
  readonly serverVersion: string | null;
  readonly rules: RuleSettings;
  /** null: nobody in the way is ended. */
  readonly blockers: BlockerPolicies | null;
  /** null: by the traffic of the table. */
  readonly queue: QueueDecision | null;
}

const KEYS = ['paths', 'schema', 'serverVersion', 'rules', 'blockers', 'queue'] as const;

export interface ConfigOrigin extends SettingsSource {
  /** The folder that paths of the config start from, absolute. */
  readonly folder: string;
  /** The folder that the command runs in, absolute. */
  readonly cwd: string;
}

/**
 * Checks what a config file holds, key by key.
 *
 * @throws UsageError that names file, key and what was expected.
 */
export function resolveConfig(value: unknown, origin: ConfigOrigin): ResolvedConfig {
  const { file } = origin;
  if (!isRecord(value)) throw configProblem(file, '', `has to hold an object, and holds ${kindOf(value)}`);
  for (const key of Object.keys(value)) {
    if (KEYS.some((known) => known === key)) continue;
    const meant = closestWord(key, KEYS);
    throw configProblem(
      file,
      key,
      `is not known; ${meant === null ? `there are ${KEYS.join(', ')}` : `did you mean ${meant}`}`,
    );
  }
  const { paths, schema, serverVersion, rules, blockers, queue } = value;
  return {
    file,
    paths: paths === undefined ? null : readPaths(paths, origin),
    schemaFile: schema === undefined ? null : readPath(schema, 'schema', origin),
    serverVersion: serverVersion === undefined ? null : readVersion(serverVersion, file),
    rules: rules === undefined ? {} : readRuleSettings(rules, origin),
    blockers: blockers === undefined ? null : readBlockerPolicies(blockers, file),
    queue: queue === undefined ? null : readQueueDecision(queue, file),
  };
}

function readPaths(paths: unknown, origin: ConfigOrigin): readonly string[] {
  if (!Array.isArray(paths) || paths.length === 0) {
    throw configProblem(origin.file, 'paths', "has to be a list of files and folders, such as ['drizzle']");
  }
  return paths.map((one, index) => readPath(one, `paths[${index}]`, origin));
}

function readPath(value: unknown, key: string, { file, folder, cwd }: ConfigOrigin): string {
  if (typeof value !== 'string' || value === '')
    throw configProblem(file, key, 'has to be the path of a file or folder');
  return path.relative(cwd, path.resolve(folder, value)) || '.';
}

function readVersion(value: unknown, file: string): string {
  const text = String(value);
  const isVersion = (typeof value === 'number' || typeof value === 'string') && /^\d{1,3}(\.\d+)*$/.test(text);
  if (!isVersion) throw configProblem(file, 'serverVersion', 'has to be a PostgreSQL version such as 16');
  return text;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing: it needs a default export';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
