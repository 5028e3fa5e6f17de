import { describe, expect, test } from 'vitest';
import { readDirective } from '../../src/lint/directive.ts';

const RULES = ['data-loss', 'lock-queue', 'old-code-breaks'];

describe('a comment that accepts findings', () => {
  test.each([
    ['-- evenkeel-ignore data-loss: nobody reads it', 'statement', ['data-loss'], 'nobody reads it'],
    ['--evenkeel-ignore data-loss:why', 'statement', ['data-loss'], 'why'],
    ['--- evenkeel-ignore data-loss , lock-queue: see: #12', 'statement', ['data-loss', 'lock-queue'], 'see: #12'],
    ['-- evenkeel-ignore-file lock-queue: small tables', 'file', ['lock-queue'], 'small tables'],
    ['-- evenkeel-ignore data-loss: with a return\r', 'statement', ['data-loss'], 'with a return'],
  ] as const)('%s', (comment, scope, rules, reason) => {
    expect(readDirective(comment, RULES)).toEqual({ kind: 'directive', scope, rules, reason, unknown: [] });
  });

  test.each([
    ['-- evenkeel-ignore', /names no rule/],
    ['-- evenkeel-ignore : because', /names no rule/],
    ['-- evenkeel-ignore data-loss', /gives no reason; .*data-loss: <reason>/],
    ['-- evenkeel-ignore data-loss because I say so', /gives no reason/],
    ['-- evenkeel-ignore data-loss:   ', /gives no reason/],
    ['-- evenkeel-ignore-next-line data-loss: why', /no evenkeel-ignore-next-line/],
    ['/* evenkeel-ignore data-loss: why */', /begins with --/],
  ])('%s is told what is wrong', (comment, why) => {
    expect(readDirective(comment, RULES)).toEqual({ kind: 'broken', why: expect.stringMatching(why) });
  });

  test('a rule that does not exist is named, with what may have been meant; the others are heard', () => {
    expect(readDirective('-- evenkeel-ignore data-los, lock-queue, nonsense: why', RULES)).toEqual({
      kind: 'directive',
      scope: 'statement',
      rules: ['lock-queue'],
      reason: 'why',
      unknown: ['There is no rule data-los; did you mean data-loss?', 'There is no rule nonsense.'],
    });
  });

  test.each(['-- drop it', '-- see evenkeel-ignore in the manual', '/* about evenkeel-ignore */', '--'])(
    '%s is none',
    (comment) => expect(readDirective(comment, RULES)).toBeNull(),
  );
});
