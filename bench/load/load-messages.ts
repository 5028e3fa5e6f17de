import type { LoadReport, LoadSecond } from './load-report.ts';

/** What the bench tells the load process. */
export type LoadCommand =
  | {
      readonly kind: 'connect';
      readonly databaseUrl: string;
      readonly connections: number;
      readonly keys: number;
      /** Whether statements are prepared once a connection, as they are unless a pooler forbids it. */
      readonly prepares: boolean;
    }
  | {
      readonly kind: 'start';
      readonly ratePerSecond: number;
      readonly deadlineMs: number;
      /** null: until `stop`. */
      readonly lastsMs: number | null;
    }
  /** Nothing becomes due from this moment of the run on; at once when it has passed. */
  | { readonly kind: 'stop'; readonly atMs: number }
  | { readonly kind: 'disconnect' };

/** What the load process tells the bench. `second` comes once a second while the load runs. */
export type LoadMessage =
  | { readonly kind: 'connected' }
  | { readonly kind: 'started'; readonly atEpochMs: number }
  | {
      readonly kind: 'second';
      /** The second that has just ended; requests still on their way are not in it yet. */
      readonly second: LoadSecond;
      readonly failedSoFar: number;
      /** Requests that wait in the application for a free connection. */
      readonly queue: number;
    }
  | { readonly kind: 'report'; readonly report: LoadReport }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'broken'; readonly message: string };
