import { existsSync } from 'node:fs';
import { UsageError } from '../../src/model/error.ts';
import { EVENKEEL } from './evenkeel-strategy.ts';

/**
 * Says so before anything is started when the command line was not built.
 *
 * @throws UsageError with the command that builds it.
 */
export function requireBuild(): void {
  if (existsSync(EVENKEEL)) return;
  throw new UsageError(`Evenkeel is not built: there is no ${EVENKEEL} in the current folder.`, {
    nextCommand: 'npm run build',
  });
}
