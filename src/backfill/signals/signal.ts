import type { Connection } from '../../db/connection.ts';
import type { BackfillSettings, SignalReading } from '../../model/backfill.ts';
import type { RelationKey } from '../../model/relation-name.ts';

/** What every signal is asked with. */
export interface SignalSubject {
  readonly table: RelationKey;
  readonly settings: BackfillSettings;
  /** What a signal remembers from one look to the next; it is the only one to know how. */
  readonly memory: Map<string, readonly CounterSample[]>;
}

export interface CounterSample {
  readonly atMs: number;
  readonly value: number;
}

/** What was seen; `limit` where it is not the one that was asked for. */
export interface Observation {
  /** null: it cannot be told. */
  readonly value: number | null;
  readonly limit?: number;
  readonly level: SignalReading['level'];
  readonly sentence: string;
}

/** Something on the server that a backfill must not make worse. One file each. */
export interface Signal {
  readonly name: string;
  /** null: off, unless somebody sets a limit. */
  readonly usualLimit: number | null;
  read(connection: Connection, subject: SignalSubject, limit: number): Promise<Observation>;
}

/** The server has none of what the signal looks at. */
export function nothingThere(sentence: string): Observation {
  return { value: 0, level: 'fine', sentence };
}

/** What this role cannot see holds the backfill, and says what to do about it. */
export function unseen(signal: string, what: string): Observation {
  const sentence = `${what} cannot be seen by this role (GRANT pg_monitor to it, or switch it off with --limit ${signal}=off)`;
  return { value: null, level: 'unknown', sentence };
}

/** Adds a sample of a counter and forgets those that are older than `keptMs`; answers all that are left. */
export function remembered(
  subject: SignalSubject,
  name: string,
  sample: CounterSample,
  keptMs: number,
): readonly CounterSample[] {
  const kept = [...(subject.memory.get(name) ?? []).filter(({ atMs }) => sample.atMs - atMs <= keptMs), sample];
  subject.memory.set(name, kept);
  return kept;
}

/** @example megabytes(64 * 1024 * 1024) // '64 MB' */
export function megabytes(bytes: number): string {
  const amount = bytes / 1024 ** 2;
  return `${amount < 10 ? Number(amount.toFixed(1)) : Math.round(amount)} MB`;
}
