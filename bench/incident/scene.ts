import type { Obstacle } from './obstacle.ts';

/** What a scene's obstacle is started on. */
export interface SceneStage {
  /** The server itself, past every pooler. */
  readonly databaseUrl: string;
  /** As the application connects. */
  readonly applicationUrl: string;
  readonly lastsMs: number;
  readonly signal: AbortSignal;
}

/** What the application's load looks like while a scene is played. */
export interface SceneLoad {
  /** Whom the application connects to; migrations go to the server itself. */
  readonly through: 'server' | 'transaction pooler';
}

/** A situation in which a migration finds the table `orders`. */
export interface Scene {
  /** `hot`, `pg-dump`, ...: stable, for `--scene` and JSON. */
  readonly id: string;
  /** A heading of a few words. */
  readonly name: string;
  /** One sentence for people: who does what with the table. */
  readonly sentence: string;
  readonly load: SceneLoad;
  /** `passes`: out of the way well before the load ends. `stays`: there until the load ends. */
  readonly obstacle: 'passes' | 'stays';
  /** Whether the obstacle is somebody's own work, whose errors count; an autovacuum gives way and comes back. */
  readonly bystanders: boolean;
  /** Settings of the server beside the usual ones. */
  readonly serverSettings: Readonly<Record<string, string>>;
  /** What the filled database needs before it is copied for the runs; null: nothing. */
  readonly prepareSql: string | null;
  /** A sentence when it cannot be played on this machine. */
  cannotRun(): string | null;
  /** Resolves once the obstacle stands in the way. */
  start(stage: SceneStage): Promise<Obstacle>;
}

/** What most scenes have in common: people's sessions, nothing special about the server or the load, and they run everywhere. */
export const PLAIN_SCENE: Pick<Scene, 'load' | 'bystanders' | 'serverSettings' | 'prepareSql' | 'cannotRun'> = {
  load: { through: 'server' },
  bystanders: true,
  serverSettings: {},
  prepareSql: null,
  cannotRun: () => null,
};
