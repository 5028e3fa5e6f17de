import { SNAPSHOT_SHAPE } from '../src/snapshot/snapshot-shape.ts';
import { shapeSchema } from './shape-schema.ts';

/** The published schema of snapshots, as text: what `parseSnapshot` asks of a file. */
export function snapshotSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'evenkeel:snapshot:1',
    title: 'evenkeel snapshot',
    description:
      'The schema of a production server with sizes, traffic and settings, and no row of a table. Keys are only ever added; version counts breaking changes.',
    ...shapeSchema(SNAPSHOT_SHAPE),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
