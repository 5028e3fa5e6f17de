import {
  backfillStatus,
  cancelBackfill,
  listBackfills,
  pauseBackfill,
  resumeBackfill,
  retuneBackfill,
  verifyBackfill,
} from './control-backfill.ts';
import { startBackfill } from './start-backfill.ts';

/** What can be done about backfills, from a program as from the command line. */
export const backfills: {
  readonly start: typeof startBackfill;
  readonly resume: typeof resumeBackfill;
  readonly list: typeof listBackfills;
  readonly status: typeof backfillStatus;
  readonly pause: typeof pauseBackfill;
  readonly cancel: typeof cancelBackfill;
  readonly retune: typeof retuneBackfill;
  readonly verify: typeof verifyBackfill;
} = {
  start: startBackfill,
  resume: resumeBackfill,
  list: listBackfills,
  status: backfillStatus,
  pause: pauseBackfill,
  cancel: cancelBackfill,
  retune: retuneBackfill,
  verify: verifyBackfill,
};
