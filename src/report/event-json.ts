import type { RunEvent } from '../model/run-event.ts';

/** An event as one line of NDJSON: what `evenkeel apply --format json` writes. */
export function eventJson(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`;
}
