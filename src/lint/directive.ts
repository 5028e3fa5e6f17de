import { closestWord } from '../model/closest-word.ts';

/** A comment that accepts findings of some rules, with the reason. */
export interface Directive {
  readonly kind: 'directive';
  /** The statement that the comment stands at, or the whole file. */
  readonly scope: 'statement' | 'file';
  readonly rules: readonly string[];
  readonly reason: string;
  /** Names of rules that do not exist, with what may have been meant. */
  readonly unknown: readonly string[];
}

/** A comment that is meant as one and cannot be understood. */
export interface BrokenDirective {
  readonly kind: 'broken';
  /** One sentence: what is wrong. */
  readonly why: string;
}

export const DIRECTIVE_WORD = 'evenkeel-ignore';

const FORM = /^--+\s*evenkeel-ignore(-file)?(?![\w-])\s*([^:]*)(:?)\s*(.*)$/s;

/**
 * Reads a comment, with its own signs. Prose that only mentions the word is no directive: it has to come first.
 *
 * @example readDirective('-- evenkeel-ignore data-loss: nobody reads it since 2024', ['data-loss'])
 */
export function readDirective(comment: string, knownRules: readonly string[]): Directive | BrokenDirective | null {
  if (/^\/\*+\s*evenkeel-ignore/.test(comment)) {
    return { kind: 'broken', why: 'It is read in a comment that begins with --, not between /* and */.' };
  }
  const [all, isFile, names = '', colon = '', text = ''] = FORM.exec(comment) ?? [];
  if (all === undefined) {
    const [word] = /^--+\s*(evenkeel-ignore[\w-]*)/.exec(comment)?.slice(1) ?? [];
    return word === undefined
      ? null
      : { kind: 'broken', why: `There is evenkeel-ignore and evenkeel-ignore-file, but no ${word}.` };
  }
  const words = names.split(/[\s,]+/).filter((word) => word !== '');
  const [first] = words;
  if (first === undefined) return { kind: 'broken', why: 'It names no rule.' };
  const reason = text.trim();
  if (colon === '' || reason === '') {
    return { kind: 'broken', why: `It gives no reason; the reason stands after a colon: ${first}: <reason>.` };
  }
  const rules = words.filter((word) => knownRules.includes(word));
  const unknown = words.filter((word) => !knownRules.includes(word)).map((word) => unknownRule(word, knownRules));
  return { kind: 'directive', scope: isFile === undefined ? 'statement' : 'file', rules, reason, unknown };
}

function unknownRule(word: string, knownRules: readonly string[]): string {
  const meant = closestWord(word, knownRules);
  return `There is no rule ${word}${meant === null ? '.' : `; did you mean ${meant}?`}`;
}
