import { type BackfillSettings, DEFAULT_BACKFILL_SETTINGS } from '../model/backfill.ts';

/** What each number may be; psql can write anything. */
const BOUNDS: Readonly<Record<NumberName, readonly [number, number]>> = {
  workers: [1, 64],
  batchTargetMs: [1, 60_000],
  dutyCycle: [0.01, 1],
  failureBudget: [0, 1_000_000_000],
  lockTimeoutMs: [1, 600_000],
  maxWaitMs: [0, 1_000_000_000],
};

type NumberName = 'workers' | 'batchTargetMs' | 'dutyCycle' | 'failureBudget' | 'lockTimeoutMs' | 'maxWaitMs';

/**
 * Settings as the books have them, with the usual ones in place of what is missing or makes no sense: somebody may have
 * written them by hand.
 *
 * @example soundSettings('{"workers": "four", "dutyCycle": 1}').workers // 1
 */
export function soundSettings(json: string): BackfillSettings {
  const given = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const numbers = (Object.keys(BOUNDS) as readonly NumberName[]).map((name) => [name, soundNumber(name, given[name])]);
  const text = (name: string): string | null => (typeof given[name] === 'string' ? given[name] : null);
  return {
    ...DEFAULT_BACKFILL_SETTINGS,
    ...(Object.fromEntries(numbers) as Pick<BackfillSettings, NumberName>),
    limits: soundLimits(given['limits']),
    probeSql: text('probeSql'),
    probeUrl: text('probeUrl'),
  };
}

function soundNumber(name: NumberName, value: unknown): number {
  const [least, most] = BOUNDS[name];
  const isSound = typeof value === 'number' && value >= least && value <= most;
  return isSound ? value : DEFAULT_BACKFILL_SETTINGS[name];
}

/** A limit that is no number does not switch its signal off. */
function soundLimits(given: unknown): BackfillSettings['limits'] {
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value === null || (typeof value === 'number' && value >= 0)),
  );
}
