import type { BackfillEvent } from '../model/backfill.ts';
import { groupedNumber } from '../model/grouped-number.ts';
import { countText, durationText } from './quantity-text.ts';

type EventOf<Type extends BackfillEvent['type']> = Extract<BackfillEvent, { readonly type: Type }>;
type Sentences = { readonly [Type in BackfillEvent['type']]: (event: EventOf<Type>) => string };

/**
 * What an event of a backfill says to a person.
 *
 * @example backfillEventText({ type: 'backfill:go', heldMs: 2000, ... }) // 'goes on, after 2 s'
 */
export function backfillEventText(event: BackfillEvent): string {
  // Each entry takes the event of its own type; the table as a whole cannot say so to the compiler.
  const sentence = SENTENCES[event.type] as (event: BackfillEvent) => string;
  return sentence(event);
}

const SENTENCES: Sentences = {
  'backfill:start': (event) => {
    const head = `backfill ${event.backfill}${event.joined ? ', taken up where it is' : ''}: ${event.statement.replace(/\s+/g, ' ')}`;
    const of = event.rowsEstimate === null ? '' : `, about ${countText(event.rowsEstimate, 'row')} to change`;
    const how = `${event.walk.kind === 'keys' ? 'walks' : 'walks by blocks,'} ${event.walk.why}; ${countText(event.ranges, 'range')}${of}`;
    return [head, how, ...event.notes.map((note) => `note: ${note}`)].join('\n         ');
  },
  'backfill:estimate': (event) =>
    `by its first batch (${countText(event.sampleRows, 'row')} in ${durationText(event.sampleMs)}): about ${countText(event.batches, 'batch', 'batches')}, ${durationText(event.durationMs)}, ${bytesText(event.walBytes)} of WAL, ${countText(event.deadRows, 'dead row')} for vacuum`,
  'backfill:progress': (event) => {
    const of = event.rowsEstimate === null ? '' : ` of about ${groupedNumber(event.rowsEstimate)}`;
    const done = `${Math.floor(event.fraction * 100)} %, ${countText(event.rowsDone, 'row')}${of}`;
    if (event.heldBy !== null) return `${done}, held: ${event.heldBy}`;
    const left = event.etaMs === null ? '' : `, ${rangeText(event.etaMs)} left`;
    return `${done}, ${countText(event.rowsPerSecond, 'row')} a second${left}`;
  },
  'backfill:hold': (event) => `holds: ${event.sentence}`,
  'backfill:go': (event) => `goes on, after ${durationText(event.heldMs)}`,
  'backfill:row-locked': (event) => event.sentence,
  'backfill:row-put-aside': (event) => {
    const key = Object.entries(event.key).map(([name, value]) => `${name} = ${value}`);
    return `put aside the row of ${event.relation} with ${key.join(', ')}: ${event.message} (SQLSTATE ${event.sqlstate})`;
  },
  'backfill:pass': (event) => `pass ${event.pass}: ${event.why}`,
  'backfill:note': (event) => `note: ${event.note}`,
  'backfill:end': (event) => `${event.summary}${event.nextCommand === null ? '' : `\nNext: ${event.nextCommand}`}`,
};

function rangeText([least, most]: readonly [number, number]): string {
  const short = durationText(least);
  const long = durationText(most);
  return short === long ? `about ${short}` : `${short} to ${long}`;
}

function bytesText(bytes: number): string {
  if (bytes < 1024 * 1024) return `${groupedNumber(bytes / 1024)} kB`;
  if (bytes < 1024 ** 3) return `${groupedNumber(bytes / 1024 ** 2)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
