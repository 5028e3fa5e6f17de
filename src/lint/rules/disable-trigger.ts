import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';

/** DISABLE TRIGGER holds for every session, not for the migration alone. */
export const disableTrigger: Rule = {
  id: 'disable-trigger',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['disable-trigger'],
  perCommand: true,
  summary: 'A trigger of a table in use is turned off for everybody.',
  remedy: 'Let the function of the trigger pass over what the migration writes, by a setting that it makes for itself.',
  check(input) {
    const found = alterCommandOf(input, 'disable-trigger');
    if (found === null || found.command.trigger === 'ALL' || input.facts.failure !== null) return null;
    const { trigger } = found.command;
    const what = trigger === 'USER' ? 'all triggers of users' : `the trigger ${trigger}`;
    return {
      title: `Turns off ${what} of ${found.key} for every session.`,
      consequence:
        'What anybody writes until it is enabled again passes without it, and nobody makes up for that. In one transaction with ENABLE TRIGGER every write of the table waits for the whole of it instead.',
      relations: [found.key],
    };
  },
};
