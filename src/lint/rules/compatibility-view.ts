import { getsCompatibilityView } from '../compatibility-view.ts';
import { renamedInUse } from '../renamed-in-use.ts';
import type { Rule } from '../rule.ts';

const REMEDY = 'Drop the view when no old code runs any more.';

/** A table is renamed or moved, and a view takes its name in the same transaction. */
export const compatibilityView: Rule = {
  id: 'compatibility-view',
  group: 'old-code-breaks',
  severity: 'info',
  about: ['rename', 'set-schema'],
  summary: 'A table gets another name, and a view keeps the old one for code that runs.',
  remedy: REMEDY,
  check(input) {
    const key = renamedInUse(input, 'rename') ?? renamedInUse(input, 'set-schema');
    if (key === null || !getsCompatibilityView(input, key)) return null;
    return {
      title: `Takes the name ${key} from the table and gives it to a view.`,
      consequence:
        'Old code reads and writes through the view. TRUNCATE, COPY ... TO and changes of the schema do not work by the old name, and what the table gets later is not in the view.',
      remedy: REMEDY,
      relations: [key],
    };
  },
};
