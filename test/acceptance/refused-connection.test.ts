import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import { type CliResult, evenkeel, startEvenkeel } from './evenkeel-cli.ts';
import { expectRefusal } from './expect-refusal.ts';
import { startStandby } from './standby-server.ts';

/** Everything that a URL, a shell, SQL or JSON could trip over. */
const PASSWORD = `Zq7:/?#[]@!$&'()*+,;= %2F"\\ü{}|^~Zq7`;
const ORDERS = 'CREATE TABLE public.orders (id bigint PRIMARY KEY, note text);\n';

let server: PostgresServer;
let root: pg.Client;
let folder: string;
let file: string;

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A database with an orders table, on the server of this file. */
async function makeDatabase(name: string, owner = 'postgres'): Promise<string> {
  await root.query(`CREATE DATABASE ${name} OWNER ${owner}`);
  const client = await connect(server.url(name));
  await client.query(ORDERS);
  await client.end();
  return name;
}

function urlFor(database: string, user: string, password?: string): string {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  return `postgresql://${user}${secret}@127.0.0.1:${server.port}/${database}`;
}

beforeAll(async () => {
  server = await startPostgresServer({ major: 18 });
  root = await connect(server.url());
  const { rows } = await root.query<{ hba_file: string }>('SHOW hba_file');
  const rules = rows[0]?.hba_file ?? '';
  await root.query(`CREATE ROLE ann LOGIN PASSWORD ${root.escapeLiteral(PASSWORD)}`);
  await root.query('CREATE ROLE guest LOGIN; CREATE ROLE asleep NOLOGIN; CREATE ROLE reader LOGIN');
  writeFileSync(rules, `host all ann all scram-sha-256\n${readFileSync(rules, 'utf8')}`);
  await root.query('SELECT pg_reload_conf()');
  await makeDatabase('shop', 'ann');
  await root.query('REVOKE CONNECT ON DATABASE shop FROM public');
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-refused-'));
  file = path.join(folder, '0001_a.sql');
  writeFileSync(file, 'ALTER TABLE public.orders ADD COLUMN x int;\n');
});
afterAll(async () => {
  await root?.end();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every command that takes a database, on this one. */
function everyCommand(url: string): Promise<readonly CliResult[]> {
  const judging = ['check', 'plan', 'explain'].map((command) => [command, file, '--database-url', url]);
  const others = ['apply', 'status'].map((command) => [command, folder]);
  return Promise.all([...judging, ...others].map((words) => evenkeel(words, { url })));
}

describe('no connection', () => {
  test.each([
    [
      'nobody listens',
      (): string => 'postgresql://ann:Zq7@127.0.0.1:1/shop',
      /^No server answers at 127\.0\.0\.1:1\/shop/,
      /^check host and port/,
    ],
    [
      'no such host',
      (): string => 'postgresql://ann:Zq7@nosuch.invalid/shop',
      /^The host of nosuch\.invalid:5432\/shop/,
      /same command again/,
    ],
    [
      'no such database',
      (): string => urlFor('nosuch', 'guest'),
      /^The database of .+\/nosuch does not exist/,
      /^mend the database name/,
    ],
    [
      'wrong password',
      (): string => urlFor('shop', 'ann', 'Zq7wrong'),
      /^The server at .+\/shop refused the password\.$/,
      /^mend user and password/,
    ],
    [
      'no password',
      (): string => urlFor('shop', 'ann'),
      /asks for a password, and none was given\.$/,
      /^give the password .*PGPASSWORD/,
    ],
    [
      'may not log in',
      (): string => urlFor('shop', 'asleep'),
      /does not let this user in from here\.$/,
      /^ask for a role/,
    ],
    [
      'no such role',
      (): string => urlFor('shop', 'nosuch'),
      /does not let this user in from here\.$/,
      /^ask for a role/,
    ],
    [
      'may not connect',
      (): string => urlFor('shop', 'guest'),
      /^The role may not connect to .+\/shop\.$/,
      /^GRANT CONNECT/,
    ],
  ] as const)('%s', async (_what, url, sentence, next) => {
    for (const result of await everyCommand(url())) expectRefusal(result, 2, sentence, next);
  });

  test.each([
    ['another scheme', 'mysql://ann:Zq7@127.0.0.1/shop', /not of the form postgresql:/],
    ['a scheme with a typo', 'postgresl://ann:Zq7@127.0.0.1/shop', /not of the form postgresql:/],
    ['no scheme', 'ann:Zq7@127.0.0.1:5432/shop', /not of the form postgresql:/],
    ['quotes of the shell', '"postgresql://ann:Zq7@127.0.0.1/shop"', /not of the form postgresql:/],
    ['a # in the password', 'postgresql://ann:Zq7#Zq7@127.0.0.1:5432/shop', /special character .* percent-encoded/],
    ['a / in the password', 'postgresql://ann:Zq7/Zq7@127.0.0.1:5432/shop', /special character .* percent-encoded/],
    ['a port with a typo', 'postgresql://ann:Zq7@127.0.0.1:54x2/shop', /its port is no number/],
    [
      'a port that cannot be',
      'postgresql://ann:Zq7@127.0.0.1/shop?port=abc',
      /^The port in the database URL is no number/,
    ],
    [
      'a certificate that is not there',
      'postgresql://ann:Zq7@127.0.0.1:1/shop?sslrootcert=/nosuch.pem',
      /\/nosuch\.pem, which it names, cannot be read/,
    ],
    ['a stray % in the name', 'postgresql://ann:Zq7@127.0.0.1:1/sh%op', /^No server answers at/],
    ['TLS that the server has not', (): string => `${urlFor('shop', 'guest')}?sslmode=require`, /does not support SSL/],
  ] as const)('a URL with %s', async (_what, given, sentence) => {
    const url = typeof given === 'function' ? given() : given;
    for (const words of [
      ['apply', folder],
      ['check', file, '--database-url', url],
    ]) {
      const result = await evenkeel(words, { url });
      expectRefusal(result, 2, sentence, /./);
      expect(result.stderr).not.toContain('Zq7');
    }
  });

  test('no URL at all', async () => {
    for (const command of ['apply', 'status']) {
      for (const options of [{}, { url: '' }]) {
        expectRefusal(
          await evenkeel([command, folder], options),
          2,
          /^No database was given/,
          new RegExp(`^evenkeel ${command} --help$`),
        );
      }
    }
  });

  test('the server goes away in the middle: not finished, and the next run would go on', async () => {
    const other = await startPostgresServer({ major: 18 });
    const client = await connect(other.url());
    await client.query(ORDERS);
    await client.query('BEGIN; SELECT FROM orders');
    const running = startEvenkeel(['apply', folder], { url: other.url() });
    await running.prints('not asking for the lock yet');
    await other.stop();
    const result = await running.result;
    expect(result).toMatchObject({ exitCode: 3, stderr: '' });
    expect(result.stdout).toMatch(/^Stopped\. The connection to .+ was lost: .+ The next run goes on from here\.$/m);
    expect(result.stdout).toContain(`Next: evenkeel apply ${folder}\n`);
    await client.end().catch(() => undefined);
  });
});

describe('a server that takes no writes', () => {
  test('a standby: check, plan and status read it, apply says where to go', async () => {
    const database = await makeDatabase('copied');
    const standby = await startStandby(server);
    try {
      const url = standby.url(database);
      expect(await evenkeel(['check', folder, '--database-url', url])).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await evenkeel(['plan', folder, '--database-url', url])).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await evenkeel(['status', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
      const result = await evenkeel(['apply', folder], { url });
      expectRefusal(
        result,
        2,
        /^This server is a standby; migrations run on the primary\.$/,
        /^give the URL of the primary, then evenkeel apply /,
      );
    } finally {
      await standby.stop();
    }
  });

  test('a database that is read only by default', async () => {
    const database = await makeDatabase('frozen');
    await root.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    const result = await evenkeel(['apply', folder], { url: server.url(database) });
    expectRefusal(
      result,
      2,
      /read only \(default_transaction_read_only\)/,
      /^switch default_transaction_read_only off/,
    );
  });
});

describe('missing privileges', () => {
  const columns = "SELECT count(*)::int AS n FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0";

  test('the ledger may not be made, then the table may not be changed, then all is well', async () => {
    const database = await makeDatabase('granted');
    const url = urlFor(database, 'reader');
    const client = await connect(server.url(database));
    const refused = await evenkeel(['apply', folder], { url });
    expectRefusal(
      refused,
      2,
      /^Role reader may not create the schema evenkeel for the ledger\.$/,
      /^GRANT CREATE ON DATABASE .+ TO reader, then evenkeel apply /,
    );
    expect((await client.query("SELECT to_regnamespace('evenkeel') AS made")).rows).toEqual([{ made: null }]);
    await root.query(`GRANT CREATE ON DATABASE ${database} TO reader`);
    const notOwner = await evenkeel(['apply', folder], { url });
    expectRefusal(
      notOwner,
      2,
      /^Table public\.orders belongs to postgres; role reader may not change it\.$/,
      /^run as postgres, or GRANT postgres TO reader/,
    );
    expect((await client.query(columns)).rows).toEqual([{ n: 2 }]);
    await client.query('ALTER TABLE orders OWNER TO reader; GRANT CREATE ON SCHEMA public TO reader');
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await client.query(columns)).rows).toEqual([{ n: 3 }]);
    await client.end();
  });

  test('the ledger is somebody else’s', async () => {
    const database = await makeDatabase('others');
    expect(await evenkeel(['apply', folder], { url: server.url(database) })).toMatchObject({ exitCode: 0 });
    const url = urlFor(database, 'reader');
    for (const words of [
      ['apply', folder],
      ['status', folder],
      ['check', folder, '--database-url', url],
    ]) {
      expectRefusal(
        await evenkeel(words, { url }),
        2,
        /^The role may not read what has been applied/,
        /GRANT USAGE on that schema/,
      );
    }
    const client = await connect(server.url(database));
    await client.query(
      'GRANT USAGE ON SCHEMA evenkeel TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA evenkeel TO reader',
    );
    await client.end();
    expect(await evenkeel(['status', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
    expectRefusal(
      await evenkeel(['apply', folder], { url }),
      2,
      /^Role reader may not write the ledger table evenkeel\./,
      /^run as the role that made the ledger/,
    );
  });

  test('a right that shows to be missing only on the way stops the run there, and the next one goes on', async () => {
    const database = await makeDatabase('halfway', 'reader');
    const twoSteps = mkdtempSync(path.join(folder, 'two-'));
    writeFileSync(
      path.join(twoSteps, '0001_a.sql'),
      "CREATE SCHEMA own;\nUPDATE public.orders SET note = '' WHERE id = 1;\n",
    );
    const url = urlFor(database, 'reader');
    const result = await evenkeel(['apply', twoSteps], { url });
    expect(result).toMatchObject({
      exitCode: 3,
      stderr: '',
      stdout: expect.stringMatching(/permission denied for table orders\. Grant the right/),
    });
    const client = await connect(server.url(database));
    await client.query('GRANT SELECT, UPDATE ON orders TO reader');
    await client.end();
    expect(await evenkeel(['apply', twoSteps], { url })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

test('the password is shown nowhere: not on a terminal, not in JSON, not in the ledger', async () => {
  const database = await makeDatabase('secret', 'ann');
  const admin = await connect(server.url(database));
  await admin.query('ALTER TABLE orders OWNER TO ann; ALTER SCHEMA public OWNER TO ann');
  const url = urlFor(database, 'ann', PASSWORD);
  const wrong = url.replace(':Zq7', ':Zq7x');
  const failing = mkdtempSync(path.join(folder, 'failing-'));
  writeFileSync(path.join(failing, '0002_b.sql'), 'INSERT INTO public.orders VALUES (1), (1);\n');
  const debug = { EVENKEEL_DEBUG: '1' };
  const runs: readonly [readonly string[], number, Readonly<Record<string, string>>?][] = [
    [['apply', folder, '--database-url', url, '--format', 'json'], 0],
    [['apply', folder, '--past-gate', url, '--database-url', url], 2],
    [['apply', failing, '--database-url', url], 3],
    [['apply', failing, '--database-url', url, '--format', 'json'], 3],
    [['status', folder, '--database-url', url], 0],
    [['check', failing, '--database-url', url], 0],
    [['plan', failing, '--database-url', url, '--format', 'json'], 0],
    [['apply', folder, '--database-url', wrong], 2, debug],
    [['status', folder, '--database-url', wrong, '--format', 'json'], 2, debug],
    // Put where it does not belong.
    [['apply', url], 2, debug],
    [['check', url], 2],
    [['check', file, '--schema', url], 2],
    [['check', file, '--server-version', url], 2],
    [['apply', folder, `--databse-url=${url}`], 2],
    [[url], 2],
  ];
  for (const [words, exitCode, env] of runs) {
    const { stdout, stderr, ...ended } = await evenkeel(words, env === undefined ? {} : { env });
    const said = `${stdout}${stderr}`;
    expect(ended.exitCode, said.replaceAll('Zq7', '(part of the password)')).toBe(exitCode);
    expect(said.includes('Zq7'), `${words[0]} ... says the password`).toBe(false);
  }
  expect(
    await evenkeel(['status', folder], { url: urlFor(database, 'ann'), env: { PGPASSWORD: PASSWORD } }),
  ).toMatchObject({ exitCode: 0 });
  const { rows: tables } = await admin.query<{ name: string }>(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'evenkeel'::regnamespace AND relkind = 'r'",
  );
  expect(tables.length).toBeGreaterThan(4);
  for (const { name } of tables) {
    const { rows } = await admin.query(`SELECT t::text AS row FROM ${name} AS t WHERE t::text LIKE '%Zq7%'`);
    expect(rows, name).toEqual([]);
  }
  await admin.end();
});
