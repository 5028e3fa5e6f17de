import { setTimeout as pause } from 'node:timers/promises';
import { readLockedRelations } from '../catalog/read/read-locked-relations.ts';
import { readCatalogWithoutWaiting } from '../catalog/read-catalog-without-waiting.ts';
import type { Connection } from '../db/connection.ts';
import type { Catalog } from '../model/catalog.ts';
import { DatabaseError } from '../model/error.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { NotSeen, Snapshot, SnapshotActivity } from '../model/snapshot.ts';
import { catalogWithoutSizes } from './measured-catalog.ts';
import { type AppliedRead, readApplied } from './read-applied.ts';
import {
  type CountingSince,
  type RelationCounts,
  readCountingSince,
  readIndexBytes,
  readRelationCounts,
} from './read-relation-counts.ts';
import { readCollations, readServer, readSettings } from './read-server.ts';
import {
  readPreparedTransactions,
  readReplication,
  readSessions,
  type Sessions,
  seesOtherSessions,
} from './read-sessions.ts';
import { relationStatistics } from './relation-statistics.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface ReadSnapshotOptions {
  /** Time between two readings of the counters, ms; 0 for a single reading. */
  readonly sampleMs: number;
}

/**
 * Reads all that a snapshot holds. Only short, read-only statements; none of them waits for a lock of others: what is
 * locked meanwhile is left out and said in `notSeen`. The number of statements does not grow with the database.
 *
 * The connection must not be in a transaction, nor be used by somebody else meanwhile.
 *
 * @throws DatabaseError when the server's own catalogs are locked; ConnectionError when the session is gone.
 */
export async function readSnapshot(connection: Connection, options: ReadSnapshotOptions): Promise<Snapshot> {
  const reader = new SnapshotReader(connection);
  const start = await reader.counters();
  const lockedAtStart = await readLockedRelations(connection);
  const catalog = withoutSecrets(await readCatalogWithoutWaiting(connection));
  const server = await readServer(connection);
  const settings = await readSettings(connection);
  const collations = await reader.optional('versions of collations', () => readCollations(connection), []);
  const replication = await reader.optional('standbys and replication slots', () => readReplication(connection), {
    standbys: 0,
    slots: [],
  });
  const applied = await reader.applied();
  const indexes = await readIndexBytes(connection);
  const since = await readCountingSince(connection);
  const end = await reader.sampleEnd(start, options.sampleMs);
  reader.noteCatalog(catalog);
  reader.noteSizes(end.counts, since);
  const activity: Omit<SnapshotActivity, keyof Sessions> = {
    since: since.whyNot === null ? since.at : null,
    sinceIsExact: since.isExact,
    sampleMs: end.before === null ? null : Math.round(end.before.seconds * 1000),
    preparedTransactions: await readPreparedTransactions(connection),
    lockedRelations: union(lockedAtStart, await readLockedRelations(connection)),
  };
  return {
    version: 1,
    ...server,
    settings,
    collations,
    catalog: catalogWithoutSizes(catalog),
    relations: relationStatistics({ counts: end.counts, before: end.before, since, indexes }),
    activity: { ...activity, ...reader.sessions },
    replication,
    applied,
    notSeen: reader.notSeen(),
  };
}

interface Counters {
  readonly counts: readonly RelationCounts[];
  readonly atMs: number;
}

interface SampleEnd extends Counters {
  readonly before: { readonly counts: readonly RelationCounts[]; readonly seconds: number } | null;
}

const LOCKED = 'it, or a table that it reads, was held or wanted under ACCESS EXCLUSIVE';

/** What is gathered along the way: what could not be seen, and the oldest transaction of all readings. */
class SnapshotReader {
  readonly #connection: Connection;
  readonly #notSeen: NotSeen[] = [];
  #sessions: Sessions = { longestTransactionMs: null, idleInTransaction: null };
  #seesOthers: boolean | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get sessions(): Sessions {
    return this.#sessions;
  }

  notSeen(): readonly NotSeen[] {
    return this.#notSeen.toSorted((a, b) => (a.what < b.what ? -1 : a.what > b.what ? 1 : 0));
  }

  /** Each in a transaction of its own: within one, a session sees the same statistics again and again. */
  async counters(): Promise<Counters> {
    const counts = await readRelationCounts(this.#connection);
    const atMs = performance.now();
    await this.#lookAtSessions();
    return { counts, atMs };
  }

  async sampleEnd(start: Counters, sampleMs: number): Promise<SampleEnd> {
    if (sampleMs <= 0) return { ...start, before: null };
    await pause(Math.max(0, sampleMs - (performance.now() - start.atMs)));
    const end = await this.counters();
    return { ...end, before: { counts: start.counts, seconds: (end.atMs - start.atMs) / 1000 } };
  }

  async applied(): Promise<Snapshot['applied']> {
    const nothing: AppliedRead = { applied: [], denied: [] };
    const read = await this.optional('which migrations are applied', () => readApplied(this.#connection), nothing);
    for (const { what, reason } of read.denied) this.#notSeen.push({ what, reason, relation: null });
    return read.applied;
  }

  /** What a server without it, or one that keeps it from us, may refuse; a lock counts as a refusal. */
  async optional<Value>(what: string, read: () => Promise<Value>, otherwise: Value): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      this.#notSeen.push({ what, reason: `the server refuses it (SQLSTATE ${error.sqlstate})`, relation: null });
      return otherwise;
    }
  }

  noteCatalog(catalog: Catalog): void {
    for (const [key, relation] of Object.entries(catalog.relations)) {
      for (const part of relation.kind === 'sequence' ? [] : (relation.notSeen ?? [])) {
        this.#notSeen.push({ what: `${key}: ${part}`, reason: LOCKED, relation: key });
      }
    }
    for (const { name, language, body } of Object.values(catalog.functions)) {
      if (language !== 'sql' || body !== '') continue;
      this.#notSeen.push({ what: `function ${relationKey(name)}: its body`, reason: LOCKED, relation: null });
    }
  }

  noteSizes(counts: readonly RelationCounts[], since: CountingSince): void {
    const uncounted = counts.filter((one) => one.rows === null).map((one) => one.key);
    if (uncounted.length > 0) {
      const what = `sizes of ${uncounted.length === 1 ? '1 table' : `${uncounted.length} tables`}: ${some(uncounted)}`;
      this.#notSeen.push({
        what,
        reason: 'they were never analyzed: run ANALYZE, or wait for autovacuum',
        relation: null,
      });
    }
    if (since.whyNot === null) return;
    this.#notSeen.push({ what: 'how busy the tables are', reason: since.whyNot, relation: null });
  }

  async #lookAtSessions(): Promise<void> {
    this.#seesOthers ??= await this.#mayLook();
    if (!this.#seesOthers) return;
    const { longestTransactionMs, idleInTransaction } = await readSessions(this.#connection);
    this.#sessions = {
      longestTransactionMs: greater(this.#sessions.longestTransactionMs, longestTransactionMs),
      idleInTransaction: greater(this.#sessions.idleInTransaction, idleInTransaction),
    };
  }

  async #mayLook(): Promise<boolean> {
    if (await seesOtherSessions(this.#connection)) return true;
    const reason = 'the role is no member of pg_monitor: GRANT pg_monitor TO it';
    this.#notSeen.push({ what: 'open transactions of other roles', reason, relation: null });
    return false;
  }
}

function greater(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function union(a: readonly RelationKey[], b: readonly RelationKey[]): readonly RelationKey[] {
  return [...new Set([...a, ...b])].sort();
}

function some(keys: readonly RelationKey[]): string {
  const sorted = keys.toSorted();
  return sorted.length > 4 ? `${sorted.slice(0, 3).join(', ')} and ${sorted.length - 3} more` : sorted.join(', ');
}
