import type { Snapshot } from '../model/snapshot.ts';
import type { Paint } from './paint.ts';
import { countText, durationText } from './quantity-text.ts';
import { labelled } from './wrap-text.ts';

/**
 * What a snapshot holds and what it lacks, for the person who took it.
 *
 * @param file where it was written to.
 */
export function snapshotText(snapshot: Snapshot, file: string, paint: Paint): string {
  const row = (label: string, text: string): string => labelled(label, text, '  ', 10);
  const lacks = snapshot.notSeen.map(({ what, reason }) => row('not seen', `${what}; ${reason}`));
  return [
    `${paint.bold(file)}  PostgreSQL ${snapshot.server.version}, ${countText(tablesIn(snapshot), 'table')}, taken ${snapshot.takenAt}`,
    row('traffic', trafficText(snapshot)),
    ...lacks,
    `  ${'next'.padEnd(10)}${paint.cyan(`evenkeel check <folder> --schema ${file}`)}`,
    '',
  ].join('\n');
}

function tablesIn(snapshot: Snapshot): number {
  return Object.values(snapshot.catalog.relations).filter((relation) => relation.kind === 'table').length;
}

function trafficText({ activity }: Snapshot): string {
  const average = activity.since === null ? 'no average' : `average since ${activity.since}`;
  if (activity.sampleMs === null) return `${average}; no sample`;
  return `${average}, and a sample of ${durationText(activity.sampleMs)}: take it when the database is busy`;
}
