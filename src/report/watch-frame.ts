import { groupedNumber } from '../model/grouped-number.ts';
import type { WatchedStep, WatchProgress, WatchState } from '../model/watch-state.ts';
import { eventText } from './event-text.ts';
import { fitLine, type Piece } from './fit-line.ts';
import type { Paint } from './paint.ts';
import { countText, durationText } from './quantity-text.ts';
import { waitLines } from './wait-lines.ts';
import { watchVerdict } from './watch-verdict.ts';

export interface FrameOptions {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

type Line = readonly Piece[];

interface Section {
  readonly title: string;
  readonly lines: (count: number) => readonly Line[];
  /** How many lines it has to say. */
  readonly size: number;
}

/**
 * A run on one screen: the verdict first, then the budget, the steps, who waits for whom, and the last events. Pure;
 * at most `rows` lines, none wider than `columns`.
 */
export function watchFrame(state: WatchState, options: FrameOptions): string {
  const { columns, rows, paint } = options;
  const head = headLines(state, paint);
  const sections = [stepSection(state, paint), waitSection(state, paint), eventSection(state, paint)];
  const notes = state.notes.map((note): Line => [{ text: `note: ${note}`, style: paint.dim }]);
  const shares = shareRows(sections, rows - head.length - notes.length);
  const body = sections.flatMap((section, at): readonly Line[] => {
    const share = shares[at] ?? 0;
    if (share === 0) return [];
    return [[], [{ text: section.title, style: paint.bold }], ...section.lines(share)];
  });
  return [...head, ...body, ...notes]
    .slice(0, rows)
    .map((line) => fitLine(line, columns))
    .join('\n');
}

/** The blank line and the title of a section. */
const TITLE_ROWS = 2;

/** One row to each section in turn, as long as it has something to say and there is room. */
function shareRows(sections: readonly Section[], room: number): readonly number[] {
  const shares = sections.map(() => 0);
  let left = room;
  for (let gave = true; gave; ) {
    gave = false;
    for (const [at, { size }] of sections.entries()) {
      const share = shares[at] ?? 0;
      const cost = share === 0 ? 1 + TITLE_ROWS : 1;
      if (share >= size || cost > left) continue;
      shares[at] = share + 1;
      left -= cost;
      gave = true;
    }
  }
  return shares;
}

function headLines(state: WatchState, paint: Paint): readonly Line[] {
  const verdict = watchVerdict(state);
  const tone = { good: paint.green, attention: paint.yellow, bad: paint.red }[verdict.tone];
  const done = state.steps.filter((step) => step.state === 'done').length;
  const time = `${state.outcome === null ? 'for' : 'took'} ${durationText(state.elapsedMs)}`;
  const about = `${state.database}, run ${state.run}, ${time}, ${done} of ${countText(state.steps.length, 'step')} done`;
  return [
    [{ text: verdict.sentence, style: (text) => paint.bold(tone(text)) }],
    ...(verdict.nextCommand === null ? [] : [[{ text: 'Next: ' }, { text: verdict.nextCommand, style: paint.cyan }]]),
    [{ text: about, style: paint.dim }],
    budgetLine(state, paint),
  ];
}

const BAR_WIDTH = 20;

/** How much of the longest stall that the step at hand may cause is used up now, and what the run has cost so far. */
function budgetLine({ budget, exposure }: WatchState, paint: Paint): Line {
  const { limitMs, usedMs } = budget;
  const now: Piece[] = [];
  if (limitMs !== null) {
    const share = limitMs === 0 ? 0 : usedMs / limitMs;
    const style = share >= 1 ? paint.red : share > 0 ? paint.yellow : paint.green;
    const used = `${durationText(usedMs)} of ${durationText(limitMs)}`;
    now.push({ text: bar(share), style }, { text: ` longest stall now ${used}; ` });
  }
  const { heldMs, strikes, waitedInQueueMs, maxWaitersSeen } = exposure;
  const parts = [
    `locks held ${durationText(heldMs)} in ${countText(strikes, 'strike')}`,
    `in queues in vain ${durationText(waitedInQueueMs)}`,
    `at most ${countText(maxWaitersSeen, 'session')} seen behind it`,
  ];
  return [{ text: 'Budget ' }, ...now, { text: `so far ${parts.join(', ')}` }];
}

function bar(share: number): string {
  const full = Math.round(BAR_WIDTH * Math.min(1, Math.max(0, share)));
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}]`;
}

const SIGNS: Readonly<Record<WatchedStep['state'], string>> = {
  done: 'done',
  running: '> now',
  pending: '',
  failed: 'FAILED',
  closed: 'gate',
};

function stepSection({ steps, progress }: WatchState, paint: Paint): Section {
  const at = Math.max(
    0,
    steps.findIndex(({ state }) => state !== 'done'),
  );
  const lines = steps.flatMap((step): readonly Line[] => [
    stepLine(step, paint),
    ...(step.state === 'running' && progress !== null ? [progressLine(progress, paint)] : []),
  ]);
  return {
    title: 'Steps',
    size: lines.length,
    lines: (count) => {
      const first = Math.max(0, Math.min(at - 1, lines.length - count));
      return lines.slice(first, first + count);
    },
  };
}

function stepLine(step: WatchedStep, paint: Paint): Line {
  const style = {
    done: paint.green,
    running: paint.yellow,
    pending: paint.dim,
    failed: paint.red,
    closed: paint.yellow,
  };
  const attempts = step.attempts > 1 ? `, ${step.attempts} attempts` : '';
  return [
    { text: `  ${SIGNS[step.state].padEnd(7)}`, style: style[step.state] },
    { text: `${step.phase.padEnd(9)}` },
    { text: `${step.migration}/${step.step}`, style: step.state === 'pending' ? paint.dim : paint.bold },
    { text: `${attempts}: ${step.why}`, style: paint.dim },
  ];
}

function progressLine(progress: WatchProgress, paint: Paint): Line {
  const { doing, unit, done, total, fraction, perSecond, leftMs } = progress;
  const noun = unit ?? 'row';
  const amount = done === null ? '' : countText(done, noun);
  const of = total === null || total === 0 ? '' : ` of ${unit === 'row' ? 'about ' : ''}${groupedNumber(total)}`;
  const rate = perSecond === null ? '' : `${rangeText(perSecond.from, perSecond.to, groupedNumber)} a second`;
  const left = leftMs === null ? '' : leftText(leftMs);
  const words = [`${amount}${of}`, rate, left, doing].filter((part) => part !== '').join(', ');
  const percent = fraction === null ? '' : `${bar(fraction)} ${Math.floor(100 * fraction)} % `;
  return [{ text: `         ${percent}`, style: paint.cyan }, { text: words }];
}

/** Never one number: what was measured so far differs by so much. */
function leftText({ from, to }: NonNullable<WatchProgress['leftMs']>): string {
  return to === null ? `${durationText(from)} left or more` : `${rangeText(from, to, durationText)} left`;
}

function rangeText(from: number, to: number, say: (value: number) => string): string {
  const [low, high] = [say(from), say(to)];
  return low === high ? `about ${low}` : `${low} to ${high}`;
}

function waitSection(state: WatchState, paint: Paint): Section {
  return {
    title: 'Who waits for whom',
    // More than any terminal has rows: the tree itself knows where it ends.
    size: waitLines(state, MOST_LINES, paint).length,
    lines: (count) => waitLines(state, count, paint),
  };
}

const MOST_LINES = 200;

function eventSection({ events }: WatchState, paint: Paint): Section {
  return {
    title: 'Events',
    size: Math.min(events.length, 10),
    lines: (count) =>
      events.slice(-count).map((event) => {
        const step = 'step' in event ? `${event.migration}/${event.step}: ` : '';
        const subject = step === '' && 'migration' in event ? `${event.migration}: ` : step;
        return [{ text: `  ${event.at.slice(11, 19)} `, style: paint.dim }, { text: `${subject}${eventText(event)}` }];
      }),
  };
}
