import pg from 'pg';
import { expect, test } from 'vitest';
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

test('a major that is not installed is named together with the command that installs it', async () => {
  await expect(startPostgresServer({ major: 99 })).rejects.toMatchObject({ code: 'usage', nextCommand: 'npm ci' });
});
