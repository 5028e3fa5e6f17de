import { whyNoPgbouncer } from '../../../test/support/start-pgbouncer.ts';
import { startLongReport } from '../long-report.ts';
import { PLAIN_SCENE, type Scene } from '../scene.ts';

export const pgbouncer: Scene = {
  ...PLAIN_SCENE,
  id: 'pgbouncer',
  name: 'Through PgBouncer',
  sentence:
    'The application and a long report go through PgBouncer in transaction mode; whoever migrates connects to the server itself.',
  load: { through: 'transaction pooler' },
  obstacle: 'passes',
  cannotRun: whyNoPgbouncer,
  start: ({ applicationUrl, lastsMs }) => startLongReport(applicationUrl, lastsMs),
};
