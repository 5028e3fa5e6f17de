import { writeFileSync } from 'node:fs';
import { snapshotSchema } from './snapshot-schema.ts';

/** `npm run write:snapshot-schema`: publishes what a snapshot looks like. */
writeFileSync('docs/schemas/snapshot.json', snapshotSchema());
