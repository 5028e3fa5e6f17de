import type { Rule } from '../rule.ts';

/** SECURITY DEFINER without a search_path of its own. */
export const securityDefinerSearchPath: Rule = {
  id: 'security-definer-search-path',
  severity: 'warning',
  about: ['create-function'],
  summary: 'A SECURITY DEFINER function takes its search_path from whoever calls it.',
  remedy: 'Add SET search_path = pg_catalog, pg_temp to the function, and write names with their schema.',
  check({ action }) {
    if (action.kind !== 'create-function' || action.securityDefiner !== true || action.setsSearchPath !== false)
      return null;
    return {
      title: `${action.name.name}() runs with the rights of its owner and the search_path of its caller.`,
      consequence:
        'Whoever may call it can put a table or function of the same name in front, and have it used with the rights of the owner.',
      relations: [],
    };
  },
};
