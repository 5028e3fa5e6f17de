import { execFile } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chooseServerUser } from '../../src/server/server-user.ts';
import { casesNamed } from '../cases/key-places.ts';
import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import { connect } from '../servers/fault-server.ts';

const run = promisify(execFile);

export const diskFull: Fault = {
  name: 'disk full',
  sentence:
    'The file system under the tablespace (a tmpfs) is full: of the indexes that a build makes, or of the whole database, in which case the application’s own writes fail too. Somebody makes room afterwards.',
  cells: (cases) => [
    ...casesNamed(cases, 'index', 'unique index').map((scouted) => indexCell(scouted)),
    ...casesNamed(cases, 'type').map((scouted) => databaseCell(scouted)),
  ],
};

function indexCell(scouted: ScoutedCase): Cell {
  return {
    scouted,
    place: 'in the build',
    form: 'under new indexes',
    expected: {
      words: '3 with the reason and no invalid index, then done',
      endings: ['SIGKILL', 3],
      says: /run out|No space/,
    },
    level: scouted.migrationCase.name === 'index' ? 'subset' : 'all',
    cannotRun,
    act: async (scene) => {
      // The ledger lies elsewhere: it is made before new relations go to the small disk.
      await scene.end(scene.start({ at: { place: '-/-/after/plans#1', action: 'kill' } }));
      const disk = await smallDisk(scene, '32k');
      const role = `ALTER ROLE migrator IN DATABASE ${scene.database}`;
      await scene.admin.query(`${role} SET default_tablespace = '${disk.tablespace}'`);
      scene.afterwards(() => scene.admin.query(`${role} RESET ALL`));
      await scene.end(scene.start());
      const { rows } = await scene.admin.query('SELECT FROM pg_index WHERE NOT indisvalid');
      if (rows.length > 0) scene.findings.push('an invalid index was left behind');
    },
  };
}

function databaseCell(scouted: ScoutedCase): Cell {
  return {
    scouted,
    place: 'in the backfill',
    form: 'under the whole table',
    expected: {
      words: '3 with the reason, then done',
      endings: [3],
      says: /run out|No space/,
      breaks: (cause) => cause === '53100',
    },
    level: 'all',
    cannotRun,
    act: async (scene) => {
      const disk = await smallDisk(scene, '16m');
      await scene.admin.query(`SET lock_timeout = '10s'; ALTER TABLE orders SET TABLESPACE ${disk.tablespace}`);
      await scene.standingAt(copied(scouted), () => disk.fill());
      await disk.makeRoom();
      scene.afterwards(() => scene.admin.query('ALTER TABLE orders SET TABLESPACE pg_default'));
    },
  };
}

function copied({ places }: ScoutedCase): string {
  return places.find((place) => /after\/copy-batch#1$/.test(place)) ?? '';
}

function cannotRun(): string | null {
  return process.getuid?.() === 0 && process.platform === 'linux'
    ? null
    : 'a small file system can be mounted only by root on Linux';
}

interface SmallDisk {
  readonly tablespace: string;
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
}

/** A tablespace on a tmpfs of that size, taken away when the cell is over. */
async function smallDisk(scene: Scene, size: string): Promise<SmallDisk> {
  const mount = mkdtempSync(path.join(tmpdir(), 'evenkeel-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', mount]);
  const tablespace = `small_${scene.database}`;
  const folder = path.join(mount, 'space');
  mkdirSync(folder);
  const owner = chooseServerUser();
  for (const one of [mount, folder]) if (owner !== null) chownSync(one, owner.uid, owner.gid);
  await scene.admin.query(`CREATE TABLESPACE ${tablespace} OWNER migrator LOCATION '${folder}'`);
  scene.atTheEnd(async () => {
    const admin = await connect(scene.server.adminUrl());
    await admin.query(`DROP DATABASE ${scene.database} WITH (FORCE)`);
    await admin.query(`DROP TABLESPACE ${tablespace}`);
    await admin.end();
    await run('umount', [mount]);
    rmSync(mount, { recursive: true, force: true });
  });
  const ballast = path.join(mount, 'ballast');
  return {
    tablespace,
    fill: async () => {
      await run('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k', 'count=100000']).catch(() => undefined);
    },
    makeRoom: async () => {
      rmSync(ballast, { force: true });
    },
  };
}
