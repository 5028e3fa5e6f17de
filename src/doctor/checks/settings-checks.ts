import type { Check, Finding } from '../check.ts';
import { fine } from '../check.ts';
import type { Subject, SubjectSetting } from '../subject.ts';

interface WatchedSetting {
  readonly name: string;
  readonly since?: number;
  readonly isFine: (value: string) => boolean;
  readonly otherwise: (value: string) => 'warn' | 'fail';
  readonly why: string;
}

const isOff = (value: string): boolean => value === '0';
const warns = (): 'warn' => 'warn';
const fails = (): 'fail' => 'fail';

/** An idle session shorter than this would not live from one heartbeat of a run to the next. */
const SHORTEST_IDLE_SESSION_MS = 60_000;

const WATCHED: readonly WatchedSetting[] = [
  {
    name: 'lock_timeout',
    isFine: isOff,
    otherwise: warns,
    why: 'Evenkeel sets its own in each session. For other tools it ends CREATE INDEX CONCURRENTLY in the middle and leaves an invalid index behind.',
  },
  {
    name: 'statement_timeout',
    isFine: isOff,
    otherwise: warns,
    why: 'Evenkeel sets its own in each session. For other tools it ends long statements, index builds among them, in the middle.',
  },
  {
    name: 'idle_in_transaction_session_timeout',
    isFine: () => true,
    otherwise: warns,
    why: 'It ends sessions that forget their transaction, which is what a migration waits for. Evenkeel sets its own in each session.',
  },
  {
    name: 'transaction_timeout',
    since: 17,
    isFine: isOff,
    otherwise: warns,
    why: 'It ends the session in the middle of a long transaction. Evenkeel lifts it where it works; for other tools it ends index builds.',
  },
  {
    name: 'idle_session_timeout',
    since: 14,
    isFine: isOff,
    otherwise: (value) => (Number(value) < SHORTEST_IDLE_SESSION_MS ? 'fail' : 'warn'),
    why: 'It ends sessions that wait. A runner has one that works and one that watches, and either may wait for the other.',
  },
  {
    name: 'default_transaction_isolation',
    isFine: (value) => value === 'read committed',
    otherwise: warns,
    why: 'Evenkeel sets its own in each session. For the application it means old snapshots, which CREATE INDEX CONCURRENTLY waits for, and serialization failures.',
  },
  {
    name: 'default_transaction_read_only',
    isFine: (value) => value === 'off',
    otherwise: fails,
    why: 'A run is refused where transactions are read only.',
  },
  {
    name: 'default_transaction_deferrable',
    isFine: (value) => value === 'off',
    otherwise: warns,
    why: 'A deferrable transaction may wait for others before it begins. Evenkeel sets its own in each session.',
  },
  {
    name: 'search_path',
    isFine: (value) => /^"?\$user"?, ?public$/.test(value) || value === 'public',
    otherwise: warns,
    why: 'Names without a schema in a migration mean what this path makes of them; another role would change another table.',
  },
  {
    name: 'session_replication_role',
    isFine: (value) => value === 'origin',
    otherwise: fails,
    why: 'Triggers and foreign keys do not fire: what keeps two columns in step would not, and rows would be lost.',
  },
  {
    name: 'client_connection_check_interval',
    since: 14,
    isFine: () => true,
    otherwise: warns,
    why: 'With 0 the server goes on with a statement after its client died. Evenkeel sets its own where it works.',
  },
  {
    name: 'synchronous_commit',
    isFine: (value) => ['on', 'remote_apply', 'remote_write'].includes(value),
    otherwise: warns,
    why: 'A crash may take back the last commits, of the ledger and of the change alike; the next run does them again.',
  },
];

/** Settings that a role, database, URL or server lays into every session. */
export const settingsChecks: readonly Check[] = WATCHED.map((watched) => ({
  id: `settings.${watched.name}`,
  why: watched.why,
  ask: async (subject) => judge(subject, watched),
}));

function judge(subject: Subject, { name, since, isFine, otherwise }: WatchedSetting): Finding {
  const setting = subject.settings.get(name);
  if (setting === undefined) {
    return fine(since === undefined ? `The server does not know ${name}.` : `${name} is there from ${since} on.`);
  }
  const unit = setting.unit === null || setting.value === '0' ? '' : ` ${setting.unit}`;
  const measured = `${name} is ${setting.value === '' ? 'empty' : setting.value}${unit}, ${originOf(setting)}.`;
  if (isFine(setting.value)) return fine(measured);
  return { status: otherwise(setting.value), measured, nextCommand: resetCommand(subject, name, setting) };
}

function originOf({ source }: SubjectSetting): string {
  const origins: Readonly<Record<string, string>> = {
    default: 'the default',
    'command line': 'given on the command line of the server',
    'configuration file': 'set in the configuration of the server',
    global: 'set for all roles',
    database: 'set for the database',
    user: 'set for the role',
    'database user': 'set for the role in this database',
    client: 'asked for by the database URL or PGOPTIONS',
  };
  return origins[source] ?? `set by ${source}`;
}

function resetCommand({ role, database }: Subject, name: string, { source }: SubjectSetting): string {
  switch (source) {
    case 'database':
      return `ALTER DATABASE ${database} RESET ${name};`;
    case 'user':
      return `ALTER ROLE ${role} RESET ${name};`;
    case 'database user':
      return `ALTER ROLE ${role} IN DATABASE ${database} RESET ${name};`;
    case 'global':
      return `ALTER ROLE ALL RESET ${name};`;
    case 'client':
      return `take ${name} out of options in the database URL, and out of PGOPTIONS`;
    case 'command line':
      return `start the server without -c ${name}=...`;
    default:
      return `ALTER SYSTEM RESET ${name}; SELECT pg_reload_conf(); -- or for this role: ALTER ROLE ${role} SET ${name} = ...`;
  }
}
