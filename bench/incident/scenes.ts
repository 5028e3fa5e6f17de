import { UsageError } from '../../src/model/error.ts';
import type { Scene } from './scene.ts';
import { autovacuum } from './scenes/autovacuum.ts';
import { hot } from './scenes/hot.ts';
import { idleInTransaction } from './scenes/idle-in-transaction.ts';
import { pgDump } from './scenes/pg-dump.ts';
import { pgbouncer } from './scenes/pgbouncer.ts';
import { report } from './scenes/report.ts';
import { returningReport } from './scenes/returning-report.ts';

/** The scenes beside the report, in the order of the documentation. The report has a section of its own. */
export const VARIANTS: readonly Scene[] = [idleInTransaction, autovacuum, pgDump, hot, pgbouncer, returningReport];

/**
 * The scenes that `--scene` names: one, or every variant for `all`.
 *
 * @throws UsageError when there is no such scene.
 */
export function chosenScenes(id: string): readonly Scene[] {
  if (id === 'all') return VARIANTS;
  const scenes = [report, ...VARIANTS];
  const scene = scenes.find((one) => one.id === id);
  if (scene !== undefined) return [scene];
  throw new UsageError(`--scene takes ${scenes.map((one) => one.id).join(', ')} or all, not "${id}".`, {
    nextCommand: 'npm run bench:incident -- --scene all',
  });
}
