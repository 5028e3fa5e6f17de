import { loadConfig } from '../config/load-config.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import { listRuleNames } from '../pipeline/list-rules.ts';

/**
 * What `evenkeel.config.ts`, `.js` or `.json` says for a folder: its own, or that of the nearest folder above.
 *
 * @param cwd absolute; paths in the answer start from it.
 * @returns null when there is none.
 * @throws UsageError that names file, key and what was expected.
 */
export async function loadProjectConfig(cwd: string): Promise<ResolvedConfig | null> {
  return loadConfig(cwd, listRuleNames());
}
