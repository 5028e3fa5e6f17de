import { startBackfill } from '../../src/api/start-backfill.ts';
import type { BackfillEvent, BackfillOutcome, BackfillSettings } from '../../src/model/backfill.ts';
import type { TestDatabase } from '../support/test-database.ts';

export interface StartedBackfill {
  readonly events: readonly BackfillEvent[];
  readonly result: Promise<BackfillOutcome>;
  of<Type extends BackfillEvent['type']>(type: Type): readonly Extract<BackfillEvent, { type: Type }>[];
  abort(): void;
}

export interface BackfillTry {
  readonly settings?: Partial<BackfillSettings>;
  readonly rangeRows?: number;
  readonly again?: boolean;
  readonly booksOnSubscribers?: boolean;
}

/** Test servers hold slots and old snapshots of other tests: signals are asked for where a test is about them. */
export const NO_SIGNALS: BackfillSettings['limits'] = {
  'physical-lag': null,
  'physical-delay': null,
  'slot-lag': null,
  'old-snapshot': null,
  'dead-rows': null,
  'wal-rate': null,
  'archive-queue': null,
  'forced-checkpoints': null,
  'commit-waiters': null,
  'active-sessions': null,
};

/** Begins a backfill in this process, without pauses. */
export function startTry(database: TestDatabase, statement: string, options: BackfillTry = {}): StartedBackfill {
  const events: BackfillEvent[] = [];
  const controller = new AbortController();
  const result = startBackfill({
    databaseUrl: database.url,
    statement,
    ...options,
    settings: { dutyCycle: 1, ...options.settings, limits: { ...NO_SIGNALS, ...options.settings?.limits } },
    onEvent: (event) => events.push(event),
    signal: controller.signal,
  });
  result.catch(() => undefined);
  return {
    events,
    result,
    of: (type) => events.filter((event): event is never => event.type === type),
    abort: () => controller.abort(),
  };
}
