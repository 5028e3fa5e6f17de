import type { Migration, TransactionMode } from '../model/migration.ts';

/** How the tool that owns a migration runs the files that are written for it. */
export interface ToolManner {
  /** Who opens the transaction: the file itself, the tool for each file, or the tool for all that are pending. */
  readonly transaction: 'own' | 'file' | 'run';
  /** What a file may hold that runs outside of every transaction; null where there is no way out. */
  readonly outside: 'one-statement' | 'statements' | null;
}

/**
 * Where nobody knows who will run a file, it is written so that psql can do it, and a client that sends files whole. A
 * file of Prisma has its own BEGIN and COMMIT: some versions open a transaction for it and others do not, and a fresh
 * database may see a newer one than that for which it was written.
 */
export function toolManner({
  format,
  transaction,
  code,
}: Pick<Migration, 'format' | 'transaction' | 'code'>): ToolManner {
  switch (format) {
    case 'sql':
      return { transaction: 'own', outside: 'one-statement' };
    case 'prisma':
      return transaction === 'run'
        ? { transaction: 'run', outside: null }
        : { transaction: 'own', outside: 'one-statement' };
    case 'dbmate':
      return { transaction: 'file', outside: 'one-statement' };
    case 'goose':
      return { transaction: 'file', outside: 'statements' };
    case 'drizzle':
    case 'node-pg-migrate':
      return { transaction: 'run', outside: null };
    case 'typeorm':
      return typeormManner(code?.transactionMode ?? 'all');
  }
}

/** Under `all` TypeORM refuses a class that asks for another transaction than the one of the run. */
function typeormManner(mode: TransactionMode): ToolManner {
  return mode === 'all' ? { transaction: 'run', outside: null } : { transaction: 'file', outside: 'statements' };
}
