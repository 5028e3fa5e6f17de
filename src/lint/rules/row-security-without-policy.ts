import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import { laterInTransaction } from '../later-in-transaction.ts';
import type { Rule } from '../rule.ts';

/** ENABLE ROW LEVEL SECURITY without a policy hides every row. */
export const rowSecurityWithoutPolicy: Rule = {
  id: 'row-security-without-policy',
  severity: 'error',
  about: ['alter-table'],
  commands: ['enable-row-security'],
  perCommand: true,
  summary: 'Row security without a policy: every row vanishes for everybody but the owner.',
  remedy: 'Create the policies first, or in the same transaction; they do nothing until row security is enabled.',
  check(input) {
    const found = alterCommandOf(input, 'enable-row-security');
    const { table } = found ?? {};
    if (found === null || table == null || table.rowSecurity !== 'off' || table.policies.length > 0) return null;
    for (const action of laterInTransaction(input)) {
      if (action.kind !== 'create-policy') continue;
      if (relationKey(resolveName(input.catalog, action.table)) === found.key) return null;
    }
    return {
      title: `Turns on row security for ${found.key}, which has no policy.`,
      consequence: `For every role but the owner and superusers, ${found.key} is empty from the commit on, without an error; INSERT fails with 42501.`,
      relations: [found.key],
    };
  },
};
