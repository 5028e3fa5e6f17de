import type { Rule } from '../rule.ts';

/** COMMIT or ROLLBACK of the file ends the transaction that its tool opened. */
export const transactionClosedEarly: Rule = {
  id: 'transaction-closed-early',
  severity: 'warning',
  about: ['transaction'],
  summary: 'COMMIT or ROLLBACK ends the transaction that the tool of the file has opened.',
  remedy: 'Take it out, or switch the transaction of the tool off for this file and say BEGIN and COMMIT in it.',
  check({ action, unit }) {
    if (action.kind !== 'transaction' || unit.openedBy !== 'tool' || unit.isImplicit === true) return null;
    const { verb } = action;
    if (verb !== 'commit' && verb !== 'rollback' && verb !== 'prepare') return null;
    const undone = verb === 'rollback' && unit.earlier.length > 0;
    return {
      title: `${verb === 'rollback' ? 'ROLLBACK' : 'COMMIT'} ends the transaction of the tool before the file is over.`,
      consequence: undone
        ? 'What ran before is taken back, what follows runs outside of a transaction, and the tool notes the file as applied.'
        : 'What follows, the note of the tool that the file is applied included, runs outside of it: a failure leaves half a migration.',
      relations: [],
    };
  },
};
