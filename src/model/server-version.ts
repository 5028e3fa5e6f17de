/** The server that a statement is judged for. Facts differ by engine and by major version. */
export interface ServerVersion {
  readonly engine: 'postgresql';
  readonly major: number;
}

/** The majors whose behaviour was measured; anything else is judged as the nearest of them and said so. */
export const MEASURED_MAJORS: readonly number[] = [13, 14, 15, 16, 17, 18];

/** What is assumed when neither the user nor a server says otherwise. */
export const DEFAULT_SERVER_VERSION: ServerVersion = { engine: 'postgresql', major: 18 };
