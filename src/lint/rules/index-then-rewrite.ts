import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { placeOf } from '../held-locks.ts';
import type { Rule } from '../rule.ts';

/** An index is built, and a later statement writes its table anew and builds it again. */
export const indexThenRewrite: Rule = {
  id: 'index-then-rewrite',
  severity: 'info',
  ownRemedy: true,
  summary: 'A table is written anew right after an index was built on it, so the index is built twice.',
  remedy: 'Write the table anew first, then build the index.',
  check({ facts, history, catalog, isUsed }) {
    const rewritten = new Set(facts.rewrites.filter((one) => isUsed(one)));
    if (rewritten.size === 0 || facts.failure !== null) return null;
    for (const earlier of history.run) {
      const { action } = earlier;
      if (action.kind !== 'create-index' || earlier.facts.failure !== null) continue;
      const table = relationKey(resolveName(catalog, action.table));
      if (!rewritten.has(table)) continue;
      const ofPath = history.file.includes(earlier) ? earlier.path : null;
      return {
        title: `Writes ${table} anew, and with it the index ${action.name ?? ''} of ${placeOf(earlier, ofPath)} once more.`,
        consequence: 'The work of the first build is thrown away, and the table is locked for longer.',
        relations: [table],
      };
    }
    return null;
  },
};
