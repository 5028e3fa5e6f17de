import type { BackfillEvent } from '../model/backfill.ts';
import { backfillEventText } from './backfill-event-text.ts';
import type { Paint } from './paint.ts';

export interface BackfillProgressOptions {
  readonly write: (text: string) => void;
  /** Whether the current line can be written anew. */
  readonly isTerminal: boolean;
  /** Of the terminal, characters. */
  readonly columns: number;
  readonly paint: Paint;
  /** Monotonic, ms. */
  readonly now: () => number;
}

/** Without a terminal progress is a line every so often, and no more. */
const QUIET_EVERY_MS = 10_000;
const CLEAR_LINE = '\r\x1b[2K';

/** Writes the events of a backfill: on a terminal progress shares one line, in a log it is thinned out. */
export function backfillProgress(options: BackfillProgressOptions): {
  readonly listen: (event: BackfillEvent) => void;
  readonly close: () => void;
} {
  const { write, isTerminal, columns, paint, now } = options;
  let lineIsOpen = false;
  let progressAtMs = now();
  const print = (line: string): void => {
    write(`${lineIsOpen ? CLEAR_LINE : ''}${line}\n`);
    lineIsOpen = false;
  };
  return {
    listen: (event) => {
      const text = backfillEventText(event);
      if (event.type !== 'backfill:progress') return print(paintedLine(event, text, paint));
      if (isTerminal) {
        const line = `${barOf(event.fraction)} ${text}`;
        write(`${CLEAR_LINE}${line.length < columns ? line : `${line.slice(0, columns - 4)}...`}`);
        lineIsOpen = true;
      } else if (now() - progressAtMs >= QUIET_EVERY_MS) {
        progressAtMs = now();
        print(paintedLine(event, text, paint));
      }
    },
    close: () => {
      if (lineIsOpen) write('\n');
      lineIsOpen = false;
    },
  };
}

const BAR_WIDTH = 20;

function barOf(fraction: number): string {
  const full = Math.round(Math.min(1, fraction) * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}

/** HH:MM:SS in UTC, as the books have it; the closing summary needs no time. */
function paintedLine(event: BackfillEvent, text: string, paint: Paint): string {
  if (event.type === 'backfill:end') return event.outcome === 'finished' ? paint.green(text) : paint.yellow(text);
  const isWarning = event.type === 'backfill:hold' || event.type.startsWith('backfill:row-');
  return `${paint.dim(event.at.slice(11, 19))} ${isWarning ? paint.yellow(text) : text}`;
}
