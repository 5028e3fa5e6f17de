import type { Rule } from '../rule.ts';

/** SET LOCAL where no transaction is open: the server warns, and nothing is set. */
export const setLocalWithoutTransaction: Rule = {
  id: 'set-local-without-transaction',
  severity: 'warning',
  about: ['set-variable'],
  summary: 'SET LOCAL outside of a transaction sets nothing at all.',
  remedy: 'Write SET without LOCAL, or put BEGIN before it and COMMIT behind the statements that it is meant for.',
  check({ action, unit }) {
    if (action.kind !== 'set-variable' || !action.local || unit.openedBy !== null) return null;
    return {
      title: `SET LOCAL ${action.name} has no effect here, as no transaction is open.`,
      consequence: action.name.endsWith('timeout')
        ? 'The statements after it run without the timeout that they seem to have.'
        : 'The statements after it run with the setting as it was.',
      relations: [],
    };
  },
};
