import type { Rule } from '../rule.ts';

/** BEGIN where a transaction is open: it opens nothing, and its COMMIT ends the outer one. */
export const transactionInTransaction: Rule = {
  id: 'transaction-in-transaction',
  severity: 'warning',
  about: ['transaction'],
  summary: 'BEGIN inside a transaction: it opens none, and its COMMIT ends the one around it.',
  remedy: 'Take BEGIN and COMMIT out, or switch the transaction of the tool off for this file.',
  check({ action, unit }) {
    if (action.kind !== 'transaction' || action.verb !== 'begin' || unit.openedBy === null) return null;
    if (unit.isImplicit === true) return null;
    const who = unit.openedBy === 'tool' ? 'The tool of this file has opened' : 'An earlier BEGIN has opened';
    return {
      title: `${who} a transaction already, so this BEGIN opens none.`,
      consequence:
        'PostgreSQL only warns (25001) and goes on; the next COMMIT then ends the outer transaction, and what follows it is not taken back by a failure.',
      relations: [],
    };
  },
};
