import type { parse } from '@babel/parser';

/** A file of JavaScript or TypeScript as Babel's parser reads it. */
export type CodeTree = ReturnType<typeof parse>;
export type TopStatement = CodeTree['program']['body'][number];
export type Expression = Extract<TopStatement, { type: 'ExpressionStatement' }>['expression'];

type ClassDeclaration = Extract<TopStatement, { type: 'ClassDeclaration' }>;
type ClassExpression = Extract<Expression, { type: 'ClassExpression' }>;
export type ClassNode = ClassDeclaration | ClassExpression;
export type ClassMember = ClassNode['body']['body'][number];

/** Why a part of a file cannot be read, and where it begins: an offset in UTF-16 code units. */
export interface CodeProblem {
  readonly kind: 'problem';
  readonly at: number;
  /** One sentence. */
  readonly why: string;
}

export function isProblem(value: unknown): value is CodeProblem {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'problem';
}

export function codeProblem(at: number, why: string): CodeProblem {
  return { kind: 'problem', at, why };
}

/**
 * Parses a file, and runs nothing of it. The parser is loaded with the first file, as most projects have none.
 *
 * @param file its ending tells whether types may stand in it.
 */
export async function parseCode(text: string, file: string): Promise<CodeTree | CodeProblem> {
  const { parse: parseText } = await import('@babel/parser');
  try {
    return parseText(text, {
      sourceType: 'unambiguous',
      allowReturnOutsideFunction: true,
      attachComment: false,
      plugins: isTypescript(file) ? ['typescript', 'decorators-legacy'] : ['decorators-legacy'],
    });
  } catch (cause) {
    const at = cause instanceof SyntaxError && 'pos' in cause && typeof cause.pos === 'number' ? cause.pos : 0;
    const reason = cause instanceof Error ? cause.message.replace(/\s*\(\d+:\d+\)$/, '').replace(/\.$/, '') : '';
    return codeProblem(at, `It is no ${isTypescript(file) ? 'TypeScript' : 'JavaScript'}: ${reason}.`);
  }
}

export function isTypescript(file: string): boolean {
  return /\.[mc]?ts$/i.test(file);
}

/** Where a node begins. Every node that was parsed has its place. */
export function startOf({ start }: { readonly start?: number | null | undefined }): number {
  return start ?? 0;
}

export function endOf({ end }: { readonly end?: number | null | undefined }): number {
  return end ?? 0;
}

/** The expression without what only a type checker sees around it. */
export function bareExpression(expression: Expression): Expression {
  switch (expression.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
      return bareExpression(expression.expression);
    default:
      return expression;
  }
}
