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
export const backfills = {
  start: startBackfill,
  resume: resumeBackfill,
  list: listBackfills,
  status: backfillStatus,
  pause: pauseBackfill,
  cancel: cancelBackfill,
  retune: retuneBackfill,
  verify: verifyBackfill,
} as const;
