/** No work of the server's own may mix with what a statement does, and parallel workers' scans are not counted. */
export const OBSERVED_SERVER_SETTINGS: Readonly<Record<string, string>> = {
  autovacuum: 'off',
  max_parallel_maintenance_workers: '0',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
};
