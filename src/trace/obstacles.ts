import type { Connection } from '../db/connection.ts';
import type { LockMode } from '../model/lock-mode.ts';
import type { RelationState } from './relation-state.ts';

/** Another session in one database. */
export type OpenSession = () => Promise<Connection>;

/**
 * The modes that a session piles up on its table, each in a savepoint of its own. The topmost stops any request; when
 * it is taken away the next stops everything from its own conflicts on. So a statement that asks for SHARE UPDATE
 * EXCLUSIVE first and for ACCESS EXCLUSIVE later stops at both. Only SHARE ROW EXCLUSIVE after SHARE would slip by.
 */
const PILE: readonly LockMode[] = ['ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'ACCESS EXCLUSIVE'];

interface Holder {
  readonly session: Connection;
  /** None for the session that only keeps an old snapshot. */
  readonly relations: readonly RelationState[];
  /** How many modes of the pile are left. */
  height: number;
}

/** Sessions that stand in the way of a statement: one for each group of tables, one with an old snapshot. */
export class Obstacles {
  readonly #connect: OpenSession;
  readonly #holders = new Map<number, Holder>();

  private constructor(connect: OpenSession) {
    this.#connect = connect;
  }

  /** The tables and materialized views of a group give way together; other relations of it do not count. */
  static async build(connect: OpenSession, groups: Iterable<readonly RelationState[]>): Promise<Obstacles> {
    const obstacles = new Obstacles(connect);
    for (const group of groups) {
      const held = group.filter((state) => lockSql(state, 'ACCESS SHARE') !== null);
      if (held.length > 0) await obstacles.#hold(held, PILE);
    }
    const session = await connect();
    await session.execute('BEGIN ISOLATION LEVEL REPEATABLE READ');
    obstacles.#holders.set(session.pid, { session, relations: [], height: 0 });
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
      await holder.session.execute(`ROLLBACK TO SAVEPOINT height_${holder.height}`);
      return;
    }
    this.#holders.delete(pid);
    if (waitsForItsEnd && holder.relations.length > 0) await this.#hold(holder.relations, ['ACCESS SHARE']);
    await holder.session.close();
  }

  /** Ends every session that is left. */
  async remove(): Promise<void> {
    await Promise.all([...this.#holders.values()].map(({ session }) => session.close()));
    this.#holders.clear();
  }

  async #hold(relations: readonly RelationState[], modes: readonly LockMode[]): Promise<void> {
    const session = await this.#connect();
    const steps = modes.flatMap((mode, height) => [
      ...relations.map((relation) => lockSql(relation, mode) ?? 'SELECT'),
      `SAVEPOINT height_${height + 1}`,
    ]);
    await session.execute(`BEGIN; ${steps.join('; ')}`);
    this.#holders.set(session.pid, { session, relations, height: modes.length });
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
