import { expect } from 'vitest';
import type { CliResult } from './evenkeel-cli.ts';

/** One sentence and the next command on stderr, nothing else anywhere. */
export function expectRefusal(result: CliResult, exitCode: number, sentence: RegExp, next: RegExp): void {
  const [, said = '', nextCommand = ''] = /^error ([^\n]+)\nNext: ([^\n]+)\n$/.exec(result.stderr) ?? [];
  expect(said, result.stderr).toMatch(sentence);
  expect(nextCommand, result.stderr).toMatch(next);
  expect(result).toMatchObject({ exitCode, signal: null, stdout: '' });
}
