import { startLongReport } from '../long-report.ts';
import { PLAIN_SCENE, type Scene } from '../scene.ts';

export const report: Scene = {
  ...PLAIN_SCENE,
  id: 'report',
  name: 'A long report',
  sentence: 'A report is one long statement that holds ACCESS SHARE on `orders`.',
  obstacle: 'passes',
  start: ({ databaseUrl, lastsMs }) => startLongReport(databaseUrl, lastsMs),
};
