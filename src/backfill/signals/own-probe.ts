import type { Connection } from '../../db/connection.ts';
import type { BackfillSettings } from '../../model/backfill.ts';
import { ConnectionError } from '../../model/error.ts';
import type { Observation } from './signal.ts';

const HTTP_TIMEOUT_MS = 2_000;

/** The user's own query; null where there is none. What fails or answers no boolean holds. */
export async function readSqlProbe(
  connection: Connection,
  { probeSql }: BackfillSettings,
): Promise<Observation | null> {
  if (probeSql === null) return null;
  try {
    const rows = await connection.query<Record<string, unknown>>(probeSql);
    const answer = Object.values(rows[0] ?? {})[0];
    if (answer === true) return { value: 1, level: 'hold', sentence: 'your query says that it has to hold' };
    if (answer === false) return { value: 0, level: 'fine', sentence: 'your query lets it go on' };
    return { value: null, level: 'unknown', sentence: `your query must answer true or false, not ${String(answer)}` };
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { value: null, level: 'unknown', sentence: `your query fails: ${message}` };
  }
}

/** The user's own address; null where there is none. What does not answer with 2xx in time holds. */
export async function readUrlProbe({ probeUrl }: BackfillSettings): Promise<Observation | null> {
  if (probeUrl === null) return null;
  const host = URL.canParse(probeUrl) ? new URL(probeUrl).host : 'the address';
  try {
    const { ok, status } = await fetch(probeUrl, { method: 'GET', signal: AbortSignal.timeout(HTTP_TIMEOUT_MS) });
    return ok
      ? { value: status, level: 'fine', sentence: `${host} lets it go on` }
      : { value: status, level: 'hold', sentence: `${host} answers with ${status}` };
  } catch {
    return { value: null, level: 'unknown', sentence: `${host} does not answer within ${HTTP_TIMEOUT_MS / 1_000} s` };
  }
}
