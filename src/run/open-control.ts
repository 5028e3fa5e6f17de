import type { Connection } from '../db/connection.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { openSession } from '../db/open-session.ts';
import type { Failpoint } from '../guard/failpoint.ts';
import { DatabaseError, PrivilegeError } from '../model/error.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';
import type { EventLog } from './event-log.ts';
import { startHeartbeat } from './heartbeat.ts';
import { ensureLedger } from './ledger-schema.ts';
import { type NoticeTeller, noteNotices } from './note-notices.ts';
import { assertWritable } from './preflight.ts';
import { acquireRunnerLock } from './runner-lock.ts';
import { type Orphan, terminateOrphans } from './terminate-orphans.ts';

export interface ControlOptions {
  readonly url: DatabaseTarget;
  readonly commandLine: string;
  readonly waitForRunnerMs: number;
  readonly heartbeatEveryMs: number;
  readonly signal: AbortSignal;
  readonly failpoint: Failpoint;
  readonly events: Pick<EventLog, 'run' | 'emit'>;
}

/** A single statement before the first step may take longer than a heartbeat: reading a large catalog. */
const OPENING_INTERVALS = 4;

export interface OpenedControl {
  readonly control: Connection;
  /** Sessions of dead runners that build an index: whoever goes on takes them over or ends them. */
  readonly builders: readonly Orphan[];
  /** Passes on what the server says beside its answers. */
  readonly tell: NoticeTeller;
}

/** What a role or database may have set differently, and what keeps a dead client's session from living on. */
export function sessionSettings(): Readonly<Record<string, string>> {
  return {
    lock_timeout: '5s',
    statement_timeout: '0',
    idle_in_transaction_session_timeout: '10s',
    default_transaction_isolation: 'read committed',
    default_transaction_deferrable: 'off',
    tcp_keepalives_idle: '10',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '3',
  };
}

/**
 * The session of the one runner: it holds the runner lock, the ledger is there and up to date, and the workers of dead
 * runners are ended, but for those that build an index. `then` goes on with it; when that fails, the session is closed.
 *
 * @throws ConnectionError, ReadOnlyServerError, PrivilegeError, RunnerBusyError, LedgerMismatchError; each with the next
 * command.
 */
export async function openControl<T>(options: ControlOptions, then: (opened: OpenedControl) => Promise<T>): Promise<T> {
  const { url, commandLine, waitForRunnerMs, heartbeatEveryMs, signal, failpoint, events } = options;
  const tell = noteNotices(events.emit);
  await loadParser();
  const control = await openSession(url, {
    applicationName: `evenkeel:control:${events.run}`,
    settings: sessionSettings(),
    onNotice: (notice) => tell(notice, 'control'),
  });
  const silence = startHeartbeat(
    () => control.execute('SELECT 1'),
    { control, worker: control },
    OPENING_INTERVALS * heartbeatEveryMs,
  );
  try {
    await assertWritable(control, commandLine);
    const onEvent = events.emit;
    await acquireRunnerLock(control, { waitMs: waitForRunnerMs, signal, commandLine, onEvent });
    failpoint.pass('-/-/after/runner-lock');
    await ensureLedger(control, commandLine);
    failpoint.pass('-/-/after/ledger');
    const builders = await terminateOrphans(control, onEvent);
    return await then({ control, builders, tell });
  } catch (error) {
    await control.close();
    throw refusal(error, commandLine);
  } finally {
    await silence.stop();
  }
}

/** A right that turns out to be missing before anything was done is said as such, not as a failed statement. */
function refusal(error: unknown, commandLine: string): unknown {
  if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') return error;
  return new PrivilegeError(`The server refused to prepare the run: ${error.message}.`, {
    cause: error,
    nextCommand: `grant the right to the role, then ${commandLine}`,
  });
}
