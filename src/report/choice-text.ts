import type { NaiveCost, PlanChoice } from '../model/plan-choice.ts';
import { lockText, workTexts } from './lock-text.ts';
import { rungText } from './rung-text.ts';
import { stepNumber } from './step-text.ts';

/** The ways that a statement takes, each with its recipe and its steps: `CONCURRENTLY (key-using-index), steps 01 and 02`. */
export function waysText({ ways }: PlanChoice): string {
  return ways.map((way) => `${rungText(way.rung)} (${way.recipe}), ${stepsText(way.steps)}`).join('; ');
}

function stepsText(steps: readonly string[]): string {
  const numbers = steps.map(stepNumber);
  const [first = '', last = ''] = [numbers[0], numbers.at(-1)];
  if (numbers.length === 1) return `step ${first}`;
  if (numbers.length === 2) return `steps ${first} and ${last}`;
  const isRow = Number(last) - Number(first) === numbers.length - 1;
  return isRow ? `steps ${first} to ${last}` : `steps ${numbers.join(', ')}`;
}

/** What the statement would do as it stands, whole sentences; times only where sizes are known. */
export function naiveText({ locks, estimate, breaks, certainty, ...work }: NaiveCost): string {
  const done = workTexts(work);
  const what = done.length === 0 ? 'changes the catalog only' : done.join(', ');
  const under = locks.length === 0 ? '' : `, under ${locks.map(lockText).join(', ')}`;
  const sentences = [
    `As it stands it ${what}${under}${certainty === 'unknown' ? '; more than that is not known' : ''}.`,
    ...(estimate === undefined ? [] : [estimate.sentence]),
    ...breaks.map(({ sentence }) => sentence),
  ];
  return sentences.join(' ');
}
