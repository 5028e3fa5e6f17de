import { SourceError } from '../model/error.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { mismatch } from './shape.ts';
import { SNAPSHOT_SHAPE } from './snapshot-shape.ts';

const TAKE_ANEW = 'evenkeel snapshot --database-url "$DATABASE_URL" --output';

/** The newest form that this release reads. */
const VERSION = 1;

/**
 * A snapshot from the text of its file. Catalog and statistics are as they were written; see `measuredCatalog`.
 *
 * @param path how to call the file.
 * @throws SourceError when it is no JSON, no snapshot, a damaged one, or one of a later release.
 */
export function parseSnapshot(text: string, path: string): Snapshot {
  const value = parseJson(text, path);
  const version = isObject(value) ? value['version'] : undefined;
  if (!isObject(value) || typeof version !== 'number' || !('catalog' in value)) {
    throw new SourceError(`${path} is no snapshot: it has no version or no catalog.`, {
      nextCommand: `${TAKE_ANEW} ${path}`,
    });
  }
  if (version > VERSION) {
    throw new SourceError(
      `${path} is a snapshot of version ${version}, and this Evenkeel reads up to version ${VERSION}.`,
      { nextCommand: 'npm install evenkeel@latest' },
    );
  }
  refuseUnknownRates(value, path);
  const problem = mismatch(SNAPSHOT_SHAPE, value, 'it');
  if (problem !== null) {
    throw new SourceError(`${path} is damaged: ${problem.replace(/^it[.[]?/, (at) => (at === 'it[' ? '[' : ''))}.`, {
      nextCommand: `${TAKE_ANEW} ${path}`,
    });
  }
  // The shape has been held against every part that is read.
  return value as unknown as Snapshot;
}

/** People write this part by hand: a word that means nothing would be a rate that nobody reads. */
function refuseUnknownRates(value: Readonly<Record<string, unknown>>, path: string): void {
  const rates = value['calibration'];
  if (!isObject(rates)) return;
  const known = ['scanMbPerSecond', 'rewriteMbPerSecond', 'indexRowsPerSecond'];
  const unknown = Object.keys(rates).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new SourceError(`calibration.${unknown} in ${path} is no rate; known are ${known.join(', ')}.`, {
    nextCommand: `open ${path} and mend it`,
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SourceError(`${path} is not JSON: ${reason}.`, { cause, nextCommand: `${TAKE_ANEW} ${path}` });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
