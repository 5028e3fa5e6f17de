/** What a step may wait and take; null: no limit. */
export interface StepTimeouts {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number | null;
}

/** For the transaction that they stand in. */
export function localTimeouts({ lockTimeoutMs, statementTimeoutMs }: StepTimeouts): readonly string[] {
  return [
    `SET LOCAL lock_timeout = '${lockTimeoutMs}ms';`,
    `SET LOCAL statement_timeout = '${statementTimeoutMs ?? 0}ms';`,
  ];
}

/**
 * Lifts timeouts around statements that run outside of every transaction. A lock timeout would count the waits that a
 * concurrent build is made of, and leave an invalid index behind.
 */
export function withoutTimeouts(
  names: readonly ('lock_timeout' | 'statement_timeout')[],
  statements: readonly string[],
): readonly string[] {
  return [...names.map((name) => `SET ${name} = 0;`), ...statements, ...names.map((name) => `RESET ${name};`)];
}

/** With its semicolon, which behind a line comment would be a part of the comment. */
export function closed(sql: string): string {
  return /--[^\n]*$/.test(sql) ? `${sql}\n;` : `${sql};`;
}
