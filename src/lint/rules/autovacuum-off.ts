import type { Action } from '../../model/action.ts';
import type { AlterCommand } from '../../model/alter-command.ts';
import type { Catalog } from '../../model/catalog.ts';
import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';

const OPTION = 'autovacuum_enabled';
const OFF = new Set(['false', 'off', 'no', '0', 'f', 'n']);

/** SET (autovacuum_enabled = off). */
export const autovacuumOff: Rule = {
  id: 'autovacuum-off',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['set-options'],
  perCommand: true,
  summary: 'Autovacuum is turned off for a table in use, and nothing turns it on again.',
  remedy: 'Leave it on; where a bulk load is to go undisturbed, RESET (autovacuum_enabled) right after it.',
  check(input) {
    const found = alterCommandOf(input, 'set-options');
    if (found === null || !turnsOff(found.command)) return null;
    for (const action of input.laterOn(found.key, 'alter-table'))
      if (turnsOn(action, input.catalog, found.key)) return null;
    return {
      title: `Turns autovacuum off for ${found.key}.`,
      consequence:
        'Dead rows and stale statistics pile up without a word: the table grows, plans go wrong, and only the autovacuum against wraparound still comes, which makes changes of the schema wait.',
      relations: [found.key],
    };
  },
};

function turnsOff(command: AlterCommand): boolean {
  return command.kind === 'set-options' && OFF.has(command.values?.[OPTION]?.toLowerCase() ?? 'true');
}

function turnsOn(action: Action, catalog: Catalog, table: string): boolean {
  if (action.kind !== 'alter-table' || relationKey(resolveName(catalog, action.name)) !== table) return false;
  return action.commands.some(
    (one) =>
      (one.kind === 'set-options' || one.kind === 'reset-options') && one.options.includes(OPTION) && !turnsOff(one),
  );
}
