import type { Rule } from './rule.ts';
import { certainFailure } from './rules/certain-failure.ts';
import { dataLoss } from './rules/data-loss.ts';
import { indexBuildUnderLock } from './rules/index-build-under-lock.ts';
import { lockQueue } from './rules/lock-queue.ts';
import { oldCodeBreaks } from './rules/old-code-breaks.ts';
import { outsideTransaction } from './rules/outside-transaction.ts';
import { rewriteUnderLock } from './rules/rewrite-under-lock.ts';
import { scanUnderLock } from './rules/scan-under-lock.ts';
import { severalStrongLocks } from './rules/several-strong-locks.ts';
import { unknownEffect } from './rules/unknown-effect.ts';

/** Every rule, the gravest first: findings of one statement are told in this order. */
export const RULES: readonly Rule[] = [
  certainFailure,
  rewriteUnderLock,
  indexBuildUnderLock,
  scanUnderLock,
  outsideTransaction,
  severalStrongLocks,
  oldCodeBreaks,
  dataLoss,
  unknownEffect,
  lockQueue,
];
