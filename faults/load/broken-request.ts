/** What a driver's error says about its cause: an SQLSTATE, a code of Node, or the driver's own words. */
export function causeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.message : String(error);
}

/** Server gone, starting, stopping, full; connection cut. */
const CONNECTION_LOST =
  /^(08...|57P0[1-5]|53300|ECONN[A-Z]+|EPIPE|ETIMEDOUT)$|terminated|not queryable|connection error|closed|timeout expired/i;

export function isConnectionLost(cause: string): boolean {
  return CONNECTION_LOST.test(cause);
}
