import { UsageError } from '../model/error.ts';

/**
 * A setting that makes no sense: the file, the key, and what was expected there.
 *
 * @example configProblem('evenkeel.config.json', 'rules.lock-queue', 'has to be error, warning, info or off')
 */
export function configProblem(file: string, key: string, expected: string, cause?: unknown): UsageError {
  const what = key === '' ? file : `${file}: ${key}`;
  return new UsageError(`${what} ${expected}.`, {
    cause,
    nextCommand: `mend ${file}, then run the same command again`,
  });
}
