import type { Connection } from '../db/connection.ts';
import { DatabaseError } from '../model/error.ts';
import type { Step } from '../model/plan.ts';
import { inspectIndex } from './inspect-index.ts';
import { setTimeouts } from './perform-sql.ts';

/** What the definitions on a server say of SQL: whether its effect is there. */
export type CompareEffect = (
  connection: Connection,
  sql: readonly string[],
) => Promise<{ readonly differences: readonly string[]; readonly unseen: readonly string[] }>;

export interface ProbedEffect {
  readonly holds: boolean;
  /** One sentence. */
  readonly said: string;
}

const PROBE_TIMEOUTS = { lockTimeoutMs: 5_000, statementTimeoutMs: 600_000 };

/**
 * Whether the effect of a step is there on the server, measured now: by its post-condition, and by definition, never by
 * the name alone. What cannot be told does not hold.
 *
 * @param rest the SQL of the steps behind it: where they are done by hand as well, what it made looks changed already.
 */
export async function probeEffect(
  connection: Connection,
  step: Exclude<Step, { readonly kind: 'gate' }>,
  rest: readonly string[],
  compare: CompareEffect,
): Promise<ProbedEffect> {
  await setTimeouts(connection, PROBE_TIMEOUTS);
  const { sql, sentence } = step.postCondition;
  if (sql !== null) {
    const answer = await ask(connection, sql);
    if (answer !== true) return { holds: false, said: answer === false ? `this does not hold: ${sentence}` : answer };
  }
  if (step.kind === 'backfill') {
    return sql === null
      ? { holds: false, said: 'no look at the server can tell whether its rows were changed' }
      : { holds: true, said: `this holds: ${sentence}` };
  }
  if (step.kind === 'concurrent-index') {
    const wrong = await wrongIndex(connection, step);
    if (wrong !== null) return { holds: false, said: wrong };
    if (step.verb !== 'create') return { holds: true, said: `this holds: ${sentence}` };
  }
  const own = typeof step.sql === 'string' ? [step.sql] : step.sql;
  const effect = await compare(connection, own);
  if (sql === null && effect.unseen.length > 0) {
    return {
      holds: false,
      said: 'no look at the server can tell whether it was done: its ledger row is the only proof',
    };
  }
  if (effect.differences.length === 0) return { holds: true, said: 'what it makes is there, by definition' };
  if (rest.length > 0 && (await compare(connection, [...own, ...rest])).differences.length === 0) {
    return { holds: true, said: 'what it and the steps behind it make is there, by definition' };
  }
  return { holds: false, said: `the schema is not as it would leave it: ${shortened(effect.differences)}` };
}

/** A condition may speak of what is not there. */
async function ask(connection: Connection, sql: string): Promise<boolean | string> {
  try {
    const [row] = await connection.query<Record<string, unknown>>(sql);
    return Object.values(row ?? {})[0] === true;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate?.startsWith('42') !== true) throw error;
    return `the server answers: ${error.message}`;
  }
}

async function wrongIndex(
  connection: Connection,
  step: Extract<Step, { readonly kind: 'concurrent-index' }>,
): Promise<string | null> {
  const { condition, onTable, builderPid, leftovers } = await inspectIndex(connection, step, connection.pid);
  if (condition === 'building') return `the index ${step.index} is being built by pid ${builderPid}`;
  if (step.verb === 'drop') return condition === 'absent' ? null : `the index ${step.index} is still there`;
  if (condition === 'absent') return `there is no index ${step.index}`;
  if (condition === 'invalid') return `the index ${step.index} is invalid`;
  if (!onTable) return `the index ${step.index} is on another table than ${step.table}`;
  return leftovers.length > 0 ? `remains of a REINDEX are there: ${leftovers.join(', ')}` : null;
}

const SHOWN_DIFFERENCES = 3;

function shortened(differences: readonly string[]): string {
  const shown = differences.slice(0, SHOWN_DIFFERENCES).join('; ');
  const more = differences.length - SHOWN_DIFFERENCES;
  return more > 0 ? `${shown}; and ${more} more` : shown;
}
