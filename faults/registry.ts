import type { Fault } from './fault.ts';
import { autovacuum } from './faults/autovacuum.ts';
import { blockedRunner } from './faults/blocked-runner.ts';
import { changedTable } from './faults/changed-table.ts';
import { clockJump } from './faults/clock-jump.ts';
import { connectionCut } from './faults/connection-cut.ts';
import { deadlock } from './faults/deadlock.ts';
import { diskFull } from './faults/disk-full.ts';
import { dump } from './faults/dump.ts';
import { failover } from './faults/failover.ts';
import { fullServer } from './faults/full-server.ts';
import { halfOpenConnection } from './faults/half-open-connection.ts';
import { idleTransaction } from './faults/idle-transaction.ts';
import { interrupt } from './faults/interrupt.ts';
import { kill } from './faults/kill.ts';
import { ledgerVersion } from './faults/ledger-version.ts';
import { lockedLedger } from './faults/locked-ledger.ts';
import { longCursor } from './faults/long-cursor.ts';
import { lostLedger } from './faults/lost-ledger.ts';
import { manyRunners } from './faults/many-runners.ts';
import { missingSyncStandby } from './faults/missing-sync-standby.ts';
import { pooler } from './faults/pooler.ts';
import { preparedTransaction } from './faults/prepared-transaction.ts';
import { roleSetting } from './faults/role-setting.ts';
import { serverRestart } from './faults/server-restart.ts';
import { standbyLag } from './faults/standby-lag.ts';
import { standbyUrl } from './faults/standby-url.ts';
import { wraparoundVacuum } from './faults/wraparound-vacuum.ts';

/** All faults, in the order of the page. */
export const FAULTS: readonly Fault[] = [
  kill,
  interrupt,
  blockedRunner,
  clockJump,
  connectionCut,
  halfOpenConnection,
  serverRestart,
  failover,
  standbyUrl,
  standbyLag,
  missingSyncStandby,
  roleSetting,
  fullServer,
  diskFull,
  pooler,
  manyRunners,
  deadlock,
  autovacuum,
  wraparoundVacuum,
  idleTransaction,
  preparedTransaction,
  longCursor,
  dump,
  lockedLedger,
  lostLedger,
  ledgerVersion,
  changedTable,
];
