import { groupedNumber } from '../model/grouped-number.ts';
import type { LossCount, PlanLoss } from '../model/plan-loss.ts';
import { countText } from './quantity-text.ts';

/** What is lost and who has decided it, whole sentences. */
export function lossText({ title, consequence, accepted }: PlanLoss): string {
  const decision = accepted === null ? '' : ` Accepted in the file: ${accepted}`;
  return `${title} ${consequence}${decision}`;
}

/** How many rows it is about; where nobody counted, the size of the table and that a query can tell. */
export function lossCountText({ title }: PlanLoss, { relation, rowsEstimate, sql, counted }: LossCount): string {
  if (counted !== null) return `${countText(counted, 'row')} of ${relation} in question, counted just now by:`;
  // The sentence of the rule may have it already.
  const isSaid = rowsEstimate === null || title.includes(groupedNumber(rowsEstimate));
  const size = isSaid ? '' : `${relation} has about ${countText(rowsEstimate, 'row')}. `;
  if (sql === null) return `${size}How many of its rows are in question only your own query can tell.`;
  return `${size}This query counts the rows in question:`;
}

export interface DecisionText {
  readonly sentence: string;
  /** The comment that accepts them, but for its reason. */
  readonly comment: string;
}

/** What to do about losses of a file that nobody has accepted; null when there is none. */
export function decisionText(losses: readonly PlanLoss[], path: string): DecisionText | null {
  const open = [...new Set(losses.filter(({ accepted }) => accepted === null).map(({ rule }) => rule))];
  if (open.length === 0) return null;
  return {
    sentence: 'Evenkeel does not decide that. Who has decided says so in a comment at the statement:',
    comment: `${/\.sql$/i.test(path) ? '--' : '//'} evenkeel-ignore ${open.join(', ')}: <reason>`,
  };
}
