import type { Connection } from '../db/connection.ts';
import { errorOf } from './error-of.ts';
import type { StatementError } from './statement-outcome.ts';
import type { TracedServer } from './traced-server.ts';

/** One statement of the schema that migrations meet. */
export interface LoadedStatement {
  readonly sql: string;
  readonly asSuperuser?: true;
  /** Set for rights, comments and settings: no fact hangs on them. */
  readonly isHarmless?: true;
}

/** A statement of the schema that the server refused. */
export interface RefusedStatement {
  readonly sql: string;
  readonly error: StatementError;
  readonly isHarmless?: true;
}

export interface LoadOptions {
  readonly server: TracedServer;
  readonly connection: Connection;
  readonly database: string;
  readonly statements: readonly LoadedStatement[];
  /** Whether what is refused is tried again after the others, as it may need them. */
  readonly inAnyOrder: boolean;
}

/** Runs the statements of a schema; answers those that the server refused. */
export async function loadSchema(options: LoadOptions): Promise<readonly RefusedStatement[]> {
  let left = options.statements;
  for (;;) {
    const refused: (RefusedStatement & LoadedStatement)[] = [];
    for (const statement of left) {
      const error = await load(statement, options);
      if (error !== null) refused.push({ ...statement, error });
    }
    if (!options.inAnyOrder || refused.length === 0 || refused.length === left.length) return refused;
    left = refused;
  }
}

async function load(statement: LoadedStatement, options: LoadOptions): Promise<StatementError | null> {
  const { server, connection, database } = options;
  const { sql, asSuperuser = false } = statement;
  if (asSuperuser) return server.runAsAdmin(connection, database, sql);
  const error = await errorOf(connection, sql);
  if (error === null || (await server.makeByAdmin(connection, database, sql, error))) return null;
  return (await server.lend(error)) === null ? error : load(statement, options);
}
