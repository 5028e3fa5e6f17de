/** A few statements, run one by one on a server and folded one by one, with the same schema after each. */
export interface DdlScript {
  readonly name: string;
  /** One statement a line or more, each closed by `;` at the end of a line; `!` in front: the server refuses it. */
  readonly sql: string;
  /** First and last major that knows the syntax. */
  readonly since?: number;
  readonly until?: number;
}

/** The statements of a script, and whether the server is expected to refuse them. */
export function statementsOf(script: DdlScript): readonly { readonly sql: string; readonly isRefused: boolean }[] {
  return script.sql
    .split(/;\s*(?:\n|$)/)
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => ({ sql: one.replace(/^!/, '').trim(), isRefused: one.startsWith('!') }));
}
