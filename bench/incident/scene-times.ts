import type { IncidentTimes } from './run-incident.ts';
import type { Scene } from './scene.ts';

const OBSTACLE_STARTS_MS = 1000;
const MIGRATION_STARTS_MS = 3000;

/** An obstacle that passes leaves so much of the load for the migration to come and the application to recover. */
const LEAST_AFTERMATH_MS = 4000;
const AFTERMATH_SHARE = 0.4;

/** When what happens in a run of `lastsMs` of a scene. */
export function sceneTimes(scene: Scene, lastsMs: number): IncidentTimes {
  const aftermathMs = scene.obstacle === 'stays' ? 0 : Math.max(LEAST_AFTERMATH_MS, AFTERMATH_SHARE * lastsMs);
  return {
    reportStartsMs: OBSTACLE_STARTS_MS,
    reportLastsMs: lastsMs - OBSTACLE_STARTS_MS - aftermathMs,
    migrationStartsMs: MIGRATION_STARTS_MS,
    lastsMs,
    extendToMs: null,
  };
}
