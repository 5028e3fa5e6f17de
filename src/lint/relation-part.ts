import type { RelationKey } from '../model/relation-name.ts';

const PART = '(?:"(?:[^"]|"")*"|[^."]+)';
const RELATION = new RegExp(`^${PART}\\.${PART}`);

/**
 * The relation in what facts name: a relation, or a column of one. The text itself when it has no schema.
 *
 * @example relationPart('public."Big.Orders".total') // 'public."Big.Orders"'
 */
export function relationPart(what: string): RelationKey {
  return RELATION.exec(what)?.[0] ?? what;
}

/** The relation that loses something: `table public.a`, `column public.a.b`, `all rows of public.a`. */
export function relationOfLoss(loss: string): RelationKey {
  return relationPart(loss.replace(/^(?:all rows of|\S+) /, ''));
}
