import type { Connection } from '../db/connection.ts';
import type { SignalReading } from '../model/backfill.ts';
import { ConnectionError } from '../model/error.ts';
import { activeSessions } from './signals/active-sessions.ts';
import { archiveQueue } from './signals/archive-queue.ts';
import { commitWaiters } from './signals/commit-waiters.ts';
import { deadRows } from './signals/dead-rows.ts';
import { forcedCheckpoints } from './signals/forced-checkpoints.ts';
import { oldSnapshot } from './signals/old-snapshot.ts';
import { readSqlProbe, readUrlProbe } from './signals/own-probe.ts';
import { physicalDelay, physicalLag } from './signals/physical-lag.ts';
import type { Observation, Signal, SignalSubject } from './signals/signal.ts';
import { slotLag } from './signals/slot-lag.ts';
import { walRate } from './signals/wal-rate.ts';

/** In the order in which they are told when several hold. */
const SIGNALS: readonly Signal[] = [
  physicalLag,
  physicalDelay,
  slotLag,
  archiveQueue,
  commitWaiters,
  oldSnapshot,
  deadRows,
  walRate,
  forcedCheckpoints,
  activeSessions,
];

/** What all signals say now that are not switched off. */
export async function readSignals(connection: Connection, subject: SignalSubject): Promise<readonly SignalReading[]> {
  const { limits } = subject.settings;
  const readings: SignalReading[] = [];
  for (const signal of SIGNALS) {
    const own = limits[signal.name];
    const limit = own === undefined ? signal.usualLimit : own;
    if (limit === null) continue;
    const seen = await observed(signal.name, signal.read(connection, subject, limit));
    readings.push({ signal: signal.name, limit, ...seen });
  }
  const sql = await readSqlProbe(connection, subject.settings);
  if (sql !== null) readings.push({ signal: 'hold-when', limit: 0, ...sql });
  const url = await readUrlProbe(subject.settings);
  if (url !== null) readings.push({ signal: 'hold-url', limit: 0, ...url });
  return readings;
}

/** A look that fails has seen nothing, which holds. */
async function observed(name: string, reading: Promise<Observation>): Promise<Observation> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const sentence = `${name} cannot be read: ${message} (--limit ${name}=off switches it off)`;
    return { value: null, level: 'unknown', sentence };
  }
}
