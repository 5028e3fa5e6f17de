import type { RuleSettings } from '../model/rule-settings.ts';

/** What `evenkeel.config.ts`, `.js` or `.json` may say; a flag on the command line wins over it. */
export interface UserConfig {
  /**
   * Migration files and folders, from the folder of the config file on. What the commands work on when no path is given.
   *
   * @default ./drizzle or ./migrations, where it exists
   */
  readonly paths?: readonly string[];
  /**
   * File of the schema that the migrations meet, from the folder of the config file on.
   *
   * @default none: the migrations are replayed from an empty schema
   */
  readonly schema?: string;
  /**
   * PostgreSQL version to judge for, such as 16; a live database answers for itself.
   *
   * @default the newest
   */
  readonly serverVersion?: number | string;
  /**
   * Severities, by rule: `error`, `warning`, `info` or `off`, for everything or for certain tables.
   *
   * @default each rule's own
   */
  readonly rules?: RuleSettings;
}

/**
 * Says what a config file holds, so that editors know its keys and the compiler checks it.
 *
 * @example
 * // evenkeel.config.ts
 * import { defineConfig } from 'evenkeel';
 * export default defineConfig({ paths: ['drizzle'], serverVersion: 16, rules: { 'lock-queue': 'off' } });
 */
export function defineConfig(config: UserConfig): UserConfig {
  return config;
}
