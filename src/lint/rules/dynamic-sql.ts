import { codeOf } from '../code-of.ts';
import type { Rule } from '../rule.ts';

/** A block of code executes a text that it puts together itself. */
export const dynamicSql: Rule = {
  id: 'dynamic-sql',
  group: 'unknown-effect',
  severity: 'warning',
  about: ['code-block'],
  summary: 'A block of code executes SQL that it puts together at run time: nobody can judge it beforehand.',
  remedy: 'Write the statements out; where they hang on what is there, generate them first and look at them.',
  check(input) {
    if (codeOf(input)?.hasDynamicSql !== true) return null;
    return {
      title: 'Executes SQL that is put together at run time, so what it does cannot be told.',
      consequence: 'It may lock, rewrite or drop anything; the rest of the block was looked into.',
      relations: input.facts.locks.map(({ relation }) => relation),
    };
  },
};
