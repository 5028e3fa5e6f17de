import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { configProblem } from './config-problem.ts';
import { findConfig } from './find-config.ts';
import { type ResolvedConfig, resolveConfig } from './resolve-config.ts';

/**
 * Reads the config of a folder: `evenkeel.config.ts`, `.js` or `.json` in it or in the nearest folder above.
 *
 * @param cwd absolute; paths in the answer start from it.
 * @param knownRules ids of the rules there are.
 * @returns null when there is no config file.
 * @throws UsageError when it cannot be read or says something that makes no sense: file, key, what was expected.
 */
export async function loadConfig(cwd: string, knownRules: readonly string[]): Promise<ResolvedConfig | null> {
  const found = await findConfig(cwd);
  if (found === null) return null;
  const file = path.relative(cwd, found);
  const value = found.endsWith('.json') ? await readJson(found, file) : await readModule(found, file);
  return resolveConfig(value, { file, folder: path.dirname(found), cwd, knownRules });
}

async function readJson(found: string, file: string): Promise<unknown> {
  const text = await readFile(found, 'utf8').catch((cause: unknown) => {
    throw configProblem(file, '', 'cannot be read', cause);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw configProblem(file, '', `is not JSON: ${reason}`, cause);
  }
}

/** Node 20 runs no TypeScript by itself, so a config goes through jiti, whichever language it is in. */
async function readModule(found: string, file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  // A config can import defineConfig also where the package is not installed beside it (npx, a global install).
  const here = fileURLToPath(import.meta.url);
  // From a file of `config` or, where the command line is bundled, of `cli` beside it.
  const ours = path.join(path.dirname(here), '..', 'config', `user-config${path.extname(here)}`);
  const jiti = createJiti(found, { alias: { evenkeel: ours }, fsCache: false, moduleCache: false });
  let loaded: unknown;
  try {
    loaded = await jiti.import(found);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw configProblem(file, '', `does not run: ${reason.replace(/\.$/, '')}`, cause);
  }
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
}
