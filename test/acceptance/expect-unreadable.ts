import { expect } from 'vitest';
import type { CliResult } from './evenkeel-cli.ts';

/** What `check` says about a file that it cannot read: in its report, with the next command, and nothing on stderr. */
export function expectUnreadable(result: CliResult, sentence: RegExp, next: RegExp): void {
  expect(result).toMatchObject({ exitCode: 2, signal: null, stderr: '' });
  const [, place = '', rest = ''] = /^(\S+) {2}unreadable {2}([\s\S]+?)\n {2}next {6}/m.exec(result.stdout) ?? [];
  expect(`${place}: ${rest}`.replaceAll(/\s+/g, ' '), result.stdout).toMatch(sentence);
  expect(/^ {2}next {6}(.+)$/m.exec(result.stdout)?.[1], result.stdout).toMatch(next);
}
