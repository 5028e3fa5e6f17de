import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../model/error.ts';

const NAMES: readonly string[] = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `evenkeel.config.${ending}`);

/**
 * The config file of a folder, or of the nearest folder above it that has one; null when none has.
 *
 * @throws UsageError when a folder has two.
 */
export async function findConfig(folder: string): Promise<string | null> {
  const found = (await namesIn(folder)).filter((name) => NAMES.includes(name));
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw new UsageError(`${folder} has two config files, ${first} and ${second}; only one can count.`, {
      nextCommand: `rm ${path.join(folder, second)}`,
    });
  }
  if (first !== undefined) return path.join(folder, first);
  const above = path.dirname(folder);
  return above === folder ? null : findConfig(above);
}

/** A folder that may not be listed has nothing for us. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
