import { readFile } from 'node:fs/promises';
import { SourceError } from '../model/error.ts';
import type { Plan } from '../model/plan.ts';

/**
 * Reads a plan that `evenkeel plan --format json` wrote.
 *
 * @throws SourceError when the file is not there or holds no plan.
 */
export async function readSavedPlan(file: string): Promise<Plan> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SourceError(`The plan ${file} cannot be read.`, { cause, nextCommand: `ls ${file}` });
  }
  const advice = { nextCommand: planCommand(['<folder>'], file) };
  try {
    const value = JSON.parse(text) as Partial<Plan>;
    const isPlan = value.version === 1 && value.engine === 'postgresql' && typeof value.fingerprint === 'string';
    if (isPlan && Array.isArray(value.migrations)) return value as Plan;
  } catch (cause) {
    throw new SourceError(`${file} is not JSON, so it is no plan.`, { cause, ...advice });
  }
  throw new SourceError(`${file} is JSON, but not a plan of version 1.`, advice);
}

/** What to type for a plan like that of the file. */
export function planCommand(paths: readonly string[], planFile: string): string {
  return `evenkeel plan ${paths.join(' ')} --database-url "$DATABASE_URL" --format json > ${planFile}`;
}
