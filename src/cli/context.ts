/** One of the two streams that the command line writes to. */
export interface OutputStream {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Of the terminal as it is now. */
  readonly columns: number;
  readonly rows: number;
}

/** Everything that the command line knows of the process it runs in. */
export interface CliContext {
  readonly version: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Monotonic, ms. */
  readonly now: () => number;
  /** Calls `listener` at SIGINT and SIGTERM until the answer is called. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Leaves at once, whatever is going on. */
  readonly exitNow: (exitCode: number) => void;
}
