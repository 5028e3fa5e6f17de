import { reportSql } from '../long-report.ts';
import { beginObstacle, rest } from '../obstacle.ts';
import { openBystander } from '../open-bystander.ts';
import { PLAIN_SCENE, type Scene } from '../scene.ts';

const REPORT_MS = 3000;
const EVERY_MS = 5000;

export const returningReport: Scene = {
  ...PLAIN_SCENE,
  id: 'returning-report',
  name: 'A report that comes back',
  sentence: `A report of ${REPORT_MS / 1000} s on \`orders\` comes back every ${EVERY_MS / 1000} s.`,
  obstacle: 'stays',
  start: async ({ databaseUrl, lastsMs }) => {
    const client = await openBystander(databaseUrl, 'dashboard-report');
    const endsAtMs = Date.now() + lastsMs;
    return beginObstacle({
      lastsMs,
      work: async (over) => {
        for (let nextAtMs = Date.now(); !over.aborted; nextAtMs += EVERY_MS) {
          await rest(nextAtMs - Date.now(), over);
          const leftMs = endsAtMs - Date.now();
          if (leftMs > 0) await client.query(reportSql(Math.min(REPORT_MS, leftMs)));
        }
      },
      close: () => client.end().catch(() => undefined),
    });
  },
};
