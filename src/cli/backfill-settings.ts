import type { BackfillSettings } from '../model/backfill.ts';
import { durationOf } from '../model/duration.ts';
import { UsageError } from '../model/error.ts';
import { SIGNAL_UNITS, type SignalUnit } from '../model/signal-limits.ts';

/** Flags that change the settings of a backfill, as commander hands them over. */
export interface BackfillFlags {
  readonly workers?: string;
  readonly batch?: string;
  readonly dutyCycle?: string;
  readonly failureBudget?: string;
  readonly lockTimeout?: string;
  readonly maxWait?: string;
  readonly limit?: readonly string[];
  readonly holdWhen?: string;
  readonly holdUrl?: string;
}

const MOST_WORKERS = 64;

/**
 * What the flags set; what they do not name stays as it is.
 *
 * @throws UsageError for a value that makes no sense.
 */
export function settingsOf(flags: BackfillFlags): Partial<BackfillSettings> {
  const { workers, batch, dutyCycle, failureBudget, lockTimeout, maxWait, limit, holdWhen, holdUrl } = flags;
  return {
    ...(workers === undefined ? {} : { workers: numberOf('--workers', workers, 1, MOST_WORKERS, true) }),
    ...(batch === undefined ? {} : { batchTargetMs: timeOf('--batch', batch, 1, 60_000) }),
    ...(dutyCycle === undefined ? {} : { dutyCycle: numberOf('--duty-cycle', dutyCycle, 0.01, 1, false) }),
    ...(failureBudget === undefined
      ? {}
      : { failureBudget: numberOf('--failure-budget', failureBudget, 0, 1_000_000_000, true) }),
    ...(lockTimeout === undefined ? {} : { lockTimeoutMs: timeOf('--lock-timeout', lockTimeout, 1, 600_000) }),
    ...(maxWait === undefined ? {} : { maxWaitMs: timeOf('--max-wait', maxWait, 0, 1_000_000_000) }),
    ...(limit === undefined ? {} : { limits: Object.fromEntries(limit.map(limitOf)) }),
    ...(holdWhen === undefined ? {} : { probeSql: holdWhen === '' ? null : holdWhen }),
    ...(holdUrl === undefined ? {} : { probeUrl: holdUrl === '' ? null : addressOf(holdUrl) }),
  };
}

function numberOf(flag: string, word: string, least: number, most: number, whole: boolean): number {
  const number = /^\d+(\.\d+)?$/.test(word) ? Number(word) : Number.NaN;
  if (number >= least && number <= most && (!whole || Number.isInteger(number))) return number;
  throw new UsageError(`${flag} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not ${word}.`, {
    nextCommand: 'evenkeel backfill --help',
  });
}

function timeOf(flag: string, word: string, leastMs: number, mostMs: number): number {
  const ms = durationOf(word);
  if (ms !== null && ms >= leastMs && ms <= mostMs) return ms;
  throw new UsageError(`${flag} takes a time such as 100ms, 30s or 5min, not ${word}.`, {
    nextCommand: 'evenkeel backfill --help',
  });
}

function addressOf(word: string): string {
  if (URL.canParse(word) && /^https?:$/.test(new URL(word).protocol)) return word;
  throw new UsageError(`--hold-url takes an address that begins with http:// or https://, not ${word}.`, {
    nextCommand: 'evenkeel backfill --help',
  });
}

function limitOf(word: string): readonly [string, number | null] {
  const [, name = '', value = ''] = /^([a-z-]+)=(.+)$/.exec(word) ?? [];
  const unit = SIGNAL_UNITS[name];
  const limit = value === 'off' ? null : unit === undefined ? undefined : amountOf(value, unit);
  if (unit !== undefined && limit !== undefined) return [name, limit];
  const known = Object.keys(SIGNAL_UNITS).join(', ');
  const example = unit === undefined ? 'physical-lag=32MB' : `${name}=${EXAMPLES[unit]}`;
  throw new UsageError(
    unit === undefined
      ? `--limit takes a signal and its limit, such as ${example}; ${JSON.stringify(word)} names none of ${known}.`
      : `--limit ${name} takes a limit such as ${EXAMPLES[unit]}, or off, not ${value}.`,
    { nextCommand: `evenkeel backfill ... --limit ${example}` },
  );
}

const EXAMPLES: Readonly<Record<SignalUnit, string>> = {
  bytes: '32MB',
  ms: '5s',
  count: '100',
  'bytes-a-second': '20MB',
};
const BYTES: Readonly<Record<string, number>> = { kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

function amountOf(word: string, unit: SignalUnit): number | undefined {
  if (unit === 'ms') return durationOf(word) ?? undefined;
  if (unit === 'count') return /^\d+(\.\d+)?$/.test(word) ? Number(word) : undefined;
  const [, amount = '', size = ''] = /^(\d+(?:\.\d+)?)(kB|MB|GB)$/.exec(word) ?? [];
  const factor = BYTES[size];
  return factor === undefined ? undefined : Number(amount) * factor;
}
