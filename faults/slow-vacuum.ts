import type { Scene } from './scene.ts';

/** Settings under which an autovacuum comes within a second and takes its time. */
export const SLOW_VACUUM: Readonly<Record<string, string>> = {
  autovacuum_naptime: '1s',
  // The catalogs have their turn as well, and are as slow.
  autovacuum_max_workers: '8',
  autovacuum_vacuum_cost_delay: '50ms',
  autovacuum_vacuum_cost_limit: '1',
  vacuum_cost_page_hit: '1',
};

/** Waits until a worker is at the table of the cell. */
export function untilVacuumed(scene: Scene): Promise<boolean> {
  return scene.until(
    'an autovacuum of the table',
    "SELECT count(*) = 1 FROM pg_stat_progress_vacuum WHERE relid = 'orders'::regclass",
  );
}
