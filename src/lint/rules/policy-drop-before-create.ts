import { findTable, resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { laterInTransaction } from '../later-in-transaction.ts';
import type { Rule } from '../rule.ts';

/** DROP POLICY of the last policy, with row security on. */
export const policyDropBeforeCreate: Rule = {
  id: 'policy-drop-before-create',
  severity: 'error',
  about: ['drop'],
  summary: 'The last policy of a table goes while its row security is on: every row vanishes.',
  remedy: 'Create the new policy under another name first, then drop the old one; or do both in one transaction.',
  check(input) {
    const { action, catalog } = input;
    const [name] = action.kind === 'drop' && action.object === 'policy' ? action.names : [];
    const table = name === undefined ? null : findTable(catalog, name);
    if (action.kind !== 'drop' || table === null || table.rowSecurity === 'off') return null;
    const key = relationKey(table.name);
    const isLast = table.policies.length === 1 && table.policies[0] === action.attachment;
    if (!isLast || !input.isUsed(key)) return null;
    for (const later of laterInTransaction(input)) {
      const isReplaced = later.kind === 'create-policy' && relationKey(resolveName(catalog, later.table)) === key;
      if (
        isReplaced ||
        (later.kind === 'alter-table' && later.commands.some((one) => one.kind === 'disable-row-security'))
      )
        return null;
    }
    return {
      title: `Drops ${action.attachment ?? 'the policy'}, the only policy of ${key}, while row security is on.`,
      consequence: `From the commit on until there is a policy again, ${key} is empty for every role but its owner and superusers, without an error.`,
      relations: [key],
    };
  },
};
