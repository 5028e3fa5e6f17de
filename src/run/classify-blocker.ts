import type { BlockerClass } from '../model/blocker-policy.ts';
import type { Holder } from './observe-holders.ts';

const BACKUPS = /^(pg_dump|pg_dumpall|pg_basebackup|pg_restore|pgbackrest|barman|wal-g)/i;
const MIGRATION_TOOLS = /flyway|liquibase|alembic|evenkeel|pg_repack|pgroll|pg_osc|migrat|drizzle-kit/i;
/** Cut off, its work would be lost, and some of it leaves remains; it shows no transaction id while it only waits. */
const SCHEMA_WORK =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(create|alter|drop|reindex|cluster|vacuum|analyze|refresh|truncate)\b/i;
const CURSOR_WORK = /^\s*(fetch|move|declare)\b/i;

/** What a session in the way is, by what the server shows of it. What cannot be seen counts as the more harmful. */
export function classifyBlocker(holder: Holder): BlockerClass {
  if (holder.prepared) return 'prepared-transaction';
  if (holder.isWraparound) return 'wraparound-vacuum';
  if (holder.isAutovacuum) return 'autovacuum';
  if (holder.backendType === 'walsender') return 'replication';
  const name = holder.applicationName ?? '';
  if (BACKUPS.test(name)) return 'backup';
  if (MIGRATION_TOOLS.test(name)) return 'migration-tool';
  if (holder.state?.startsWith('idle in transaction') === true) {
    return CURSOR_WORK.test(holder.query ?? '') ? 'open-cursor' : 'idle-in-transaction';
  }
  const writes = holder.writes || SCHEMA_WORK.test(holder.query ?? '');
  return holder.state === 'active' && !writes ? 'active-query' : 'active-writer';
}
