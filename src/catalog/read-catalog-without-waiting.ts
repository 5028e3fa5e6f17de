import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import type { Catalog } from '../model/catalog.ts';
import { DatabaseError } from '../model/error.ts';
import type { LockPolicy } from './read/lock-policy.ts';
import { readCatalogInTransaction } from './read/read-catalog-in-transaction.ts';
import { readLockedRelations } from './read/read-locked-relations.ts';

/** A lock that comes between the look at pg_locks and the call is rare; three times in a row it is a busy server. */
const POLICIES: readonly LockPolicy[] = ['skip', 'skip', 'skip', 'never'];

/** How long to look again and again whether what was locked is free, ms, and how often. */
const FREE_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 100;

/**
 * Reads the schema as `readCatalog` does, but never queues behind a lock: what the server would have to lock to print,
 * while somebody holds or wants it under ACCESS EXCLUSIVE, is left out and said in `notSeen` of its relation. What was
 * locked for a moment only is read once more.
 *
 * @throws DatabaseError when the server's own catalogs are locked.
 */
export async function readCatalogWithoutWaiting(connection: Connection): Promise<Catalog> {
  const locked = await readLockedRelations(connection);
  const first = await attempts(connection);
  if (unseen(first) === 0 || !(await areFreeSoon(connection, locked))) return first;
  const second = await attempts(connection);
  return unseen(second) < unseen(first) ? second : first;
}

async function attempts(connection: Connection): Promise<Catalog> {
  let failure: unknown = null;
  for (const policy of POLICIES) {
    try {
      return await attempt(connection, policy);
    } catch (error) {
      if (!isPassing(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function attempt(connection: Connection, policy: LockPolicy): Promise<Catalog> {
  await connection.execute('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const catalog = await readCatalogInTransaction(connection, policy);
    await connection.execute('COMMIT');
    return catalog;
  } catch (error) {
    // A session that is gone has no transaction left to end; the first error is the one that tells.
    await connection.execute('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** A lock timeout, or an object that was dropped between its row and the call that prints it. */
function isPassing(error: unknown): boolean {
  return error instanceof DatabaseError && ['55P03', 'XX000', '42P01', '42704'].includes(error.sqlstate ?? '');
}

async function areFreeSoon(connection: Connection, locked: readonly string[]): Promise<boolean> {
  const before = new Set(locked);
  for (let waitedMs = 0; waitedMs < FREE_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    const still = await readLockedRelations(connection);
    if (!still.some((one) => before.has(one))) return true;
    await pause(LOOK_EVERY_MS);
  }
  return false;
}

function unseen(catalog: Catalog): number {
  return Object.values(catalog.relations).filter((one) => one.kind !== 'sequence' && one.notSeen !== undefined).length;
}
