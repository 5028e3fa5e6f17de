import type { EndableClass } from '../model/blocker-policy.ts';
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
  /**
   * What `apply` does about sessions that are in the way of a lock.
   *
   * @default they are waited for; nobody is ever ended
   */
  readonly blockers?: {
    readonly policies: readonly UserBlockerPolicy[];
    /**
     * How many signals a run may send in all.
     *
     * @default 3
     */
    readonly atMost?: number;
  };
  /**
   * How many sessions may wait behind a strike of `apply` before it is taken back, and why.
   *
   * @default a tenth of what the table's traffic brings while it may wait, at least 5
   */
  readonly queue?: { readonly maxQueued: number; readonly reason: string };
}

/** The first policy that fits a session decides about it. */
export interface UserBlockerPolicy {
  readonly class: EndableClass;
  /** `ask` stops the run and says how to end the session; `terminate` cancels an active statement first. */
  readonly action: 'ask' | 'cancel' | 'terminate';
  /** How old its transaction must be: `30s`, `5min`, `2h`. */
  readonly after: string;
  /** Patterns, `*` for any characters. */
  readonly role?: string;
  readonly applicationName?: string;
  /** Regular expression on its statement, in which literals are blanked. */
  readonly query?: string;
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
