import type pg from 'pg';
import type { LockMode } from '../src/model/lock-mode.ts';
import { backendPid } from './observe-inside.ts';
import type { RelationState, RelationStates } from './relation-state.ts';

/** Another session in one database. */
export type OpenSession = () => Promise<pg.Client>;

/**
 * The modes that a session piles up on its table, each in a savepoint of its own. The topmost stops any request; when
 * it is taken away the next stops everything from its own conflicts on. So a statement that asks for SHARE UPDATE
 * EXCLUSIVE first and for ACCESS EXCLUSIVE later stops at both. Only SHARE ROW EXCLUSIVE after SHARE would slip by.
 */
const PILE: readonly LockMode[] = ['ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'ACCESS EXCLUSIVE'];

interface Holder {
  readonly client: pg.Client;
  /** null for the session that only keeps an old snapshot. */
  readonly relation: RelationState | null;
  /** How many modes of the pile are left. */
  height: number;
}

/** Sessions that stand in the way of a statement: one for each table or materialized view, one with an old snapshot. */
export class Obstacles {
  readonly #connect: OpenSession;
  readonly #holders = new Map<number, Holder>();

  private constructor(connect: OpenSession) {
    this.#connect = connect;
  }

  static async build(connect: OpenSession, states: RelationStates): Promise<Obstacles> {
    const obstacles = new Obstacles(connect);
    for (const state of states.values())
      if (lockSql(state, 'ACCESS SHARE') !== null) await obstacles.#hold(state, PILE);
    const client = await connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    obstacles.#holders.set(await backendPid(client), { client, relation: null, height: 0 });
    return obstacles;
  }

  /**
   * Takes one mode away from the session with this process id. When the statement waits for the end of the whole
   * transaction that is not enough: then a reader takes its place, so that a later ACCESS EXCLUSIVE is still seen.
   */
  async yieldFrom(pid: number, waitsForItsEnd: boolean): Promise<void> {
    const holder = this.#holders.get(pid);
    if (holder === undefined) return;
    if (!waitsForItsEnd && holder.height > 1) {
      holder.height -= 1;
      await holder.client.query(`ROLLBACK TO SAVEPOINT height_${holder.height}`);
      return;
    }
    this.#holders.delete(pid);
    if (waitsForItsEnd && holder.relation !== null) await this.#hold(holder.relation, ['ACCESS SHARE']);
    await holder.client.end();
  }

  /** Ends every session that is left. */
  async remove(): Promise<void> {
    await Promise.all([...this.#holders.values()].map(({ client }) => client.end()));
    this.#holders.clear();
  }

  async #hold(relation: RelationState, modes: readonly LockMode[]): Promise<void> {
    const client = await this.#connect();
    const steps = modes.map(
      (mode, height) => `${lockSql(relation, mode) ?? 'SELECT'}; SAVEPOINT height_${height + 1};`,
    );
    await client.query(`BEGIN; ${steps.join(' ')}`);
    this.#holders.set(await backendPid(client), { client, relation, height: modes.length });
  }
}

/** LOCK TABLE refuses materialized views, so statements that take the mode stand in for it where there are any. */
function lockSql(relation: RelationState, mode: LockMode): string | null {
  if (relation.kind === 'table' || relation.kind === 'partitioned-table') {
    return `LOCK TABLE ONLY ${relation.key} IN ${mode} MODE`;
  }
  if (relation.kind !== 'materialized-view') return null;
  if (mode === 'ACCESS EXCLUSIVE') return `ALTER MATERIALIZED VIEW ${relation.key} OWNER TO CURRENT_USER`;
  if (mode === 'SHARE UPDATE EXCLUSIVE') return `COMMENT ON MATERIALIZED VIEW ${relation.key} IS 'held'`;
  return mode === 'ROW EXCLUSIVE' ? null : `SELECT FROM ${relation.key} LIMIT 0`;
}
