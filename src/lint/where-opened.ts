import type { TransactionUnit } from '../model/transaction-unit.ts';

/** Who has opened the transaction, to go on a sentence with. */
export function whereOpened({ openedBy, isImplicit }: TransactionUnit): string {
  if (isImplicit === true) return 'its tool sends the whole file as one message, which the server runs in one';
  return openedBy === 'tool' ? 'the tool of this file opens one around it' : 'it stands after BEGIN';
}
