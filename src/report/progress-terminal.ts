import type { RunEvent } from '../model/run-event.ts';
import { eventText } from './event-text.ts';
import type { Paint } from './paint.ts';
import { durationText } from './quantity-text.ts';

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Whether the current line can be written anew. */
  readonly isTerminal: boolean;
  /** Of the terminal, characters. */
  readonly columns: number;
  readonly paint: Paint;
  /** Monotonic, ms. */
  readonly now: () => number;
  /** Calls `tick` every `everyMs` until the answer is called. */
  readonly repeat: (tick: () => void, everyMs: number) => () => void;
}

export interface Progress {
  readonly listen: (event: RunEvent) => void;
  /** Ends the heartbeat and leaves the cursor on a fresh line. */
  readonly close: () => void;
}

/** Without a terminal somebody who reads the log must see at least this often that the run is alive. */
const HEARTBEAT_MS = 10_000;

/** Come many times while the same thing goes on: on a terminal they share one line, in a log they are thinned out. */
const PASSING: readonly RunEvent['type'][] = [
  'lock:wait',
  'lock:timeout',
  'strike:cancelled',
  'index:progress',
  'backfill:batch',
  'scan:progress',
];

const CLEAR_LINE = '\r\x1b[2K';

/**
 * Writes the events of a run as lines: one a state change, and at least one every ten seconds while it waits. On a
 * terminal what is passing is written over.
 */
export function terminalProgress(options: ProgressOptions): Progress {
  const { write, isTerminal, now } = options;
  let lastLineMs = now();
  let last: { readonly event: RunEvent; readonly atMs: number } | null = null;
  let lastPrinted: RunEvent | null = null;
  let lineIsOpen = false;

  const print = (line: string): void => {
    write(`${lineIsOpen ? CLEAR_LINE : ''}${line}\n`);
    lineIsOpen = false;
    lastLineMs = now();
  };
  const overwrite = (line: string): void => {
    write(`${CLEAR_LINE}${line.length < options.columns ? line : `${line.slice(0, options.columns - 4)}...`}`);
    lineIsOpen = true;
  };
  const heartbeat = (): void => {
    if (isTerminal || last === null || now() - lastLineMs < HEARTBEAT_MS) return;
    print(`${plainLine(last.event)} (still, ${durationText(now() - last.atMs)} later)`);
  };
  const stopHeartbeat = options.repeat(heartbeat, HEARTBEAT_MS / 10);

  return {
    listen: (event) => {
      last = { event, atMs: now() };
      if (isTerminal && PASSING.includes(event.type)) return overwrite(plainLine(event));
      const isDue = now() - lastLineMs >= HEARTBEAT_MS;
      if (!isTerminal && !isDue && isMoreOfTheSame(event, lastPrinted)) return;
      lastPrinted = event;
      print(paintedLine(event, options.paint));
    },
    close: () => {
      stopHeartbeat();
      if (lineIsOpen) write('\n');
      lineIsOpen = false;
    },
  };
}

/** Waits are never thinned out: each tells of other blockers. */
function isMoreOfTheSame(event: RunEvent, before: RunEvent | null): boolean {
  return (
    event.type !== 'lock:wait' &&
    PASSING.includes(event.type) &&
    before?.type === event.type &&
    subjectOf(before) === subjectOf(event)
  );
}

function plainLine(event: RunEvent): string {
  return [timeOf(event), subjectOf(event), eventText(event)].filter((part) => part !== '').join(' ');
}

function paintedLine(event: RunEvent, paint: Paint): string {
  const text = styleOf(event, paint)(eventText(event));
  return [paint.dim(timeOf(event)), paint.bold(subjectOf(event)), text].filter((part) => part !== '').join(' ');
}

function styleOf(event: RunEvent, paint: Paint): (text: string) => string {
  if (event.type === 'step:failed') return paint.red;
  if (event.type === 'step:done' || event.type === 'migration:done') return paint.green;
  if (event.type === 'lock:wait' || event.type === 'lock:timeout' || event.type === 'gate:closed') return paint.yellow;
  return (text) => text;
}

/** HH:MM:SS in UTC, as the ledger has it; the closing summary needs no time. */
function timeOf(event: RunEvent): string {
  return event.type === 'run:end' ? '' : event.at.slice(11, 19);
}

function subjectOf(event: RunEvent): string {
  if ('step' in event) return `${event.migration}/${event.step}:`;
  return 'migration' in event ? `${event.migration}:` : '';
}
