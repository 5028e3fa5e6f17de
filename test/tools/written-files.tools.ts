import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectPostgres } from '../../src/db/postgres.ts';
import { apply, makePlan } from '../../src/index.ts';
import { lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { withFolder } from '../write/run-files.ts';
import { installedTools } from './installed-tools.ts';

let tools = '';
beforeAll(async () => {
  tools = await installedTools();
});

const FIRST = `CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id integer, email text, total integer NOT NULL DEFAULT 0,
  status varchar(20), note text NOT NULL
);
`;
const ROWS = `INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 50) n;
INSERT INTO orders (customer_id, email, total, status, note)
SELECT 1 + n % 50, n || '@shop.example', n, 'new', 'x' FROM generate_series(1, 2500) n`;

/** Indexes, backfills, constraints in two steps, a swap, gates. */
const NAIVE = [
  'CREATE INDEX orders_customer_idx ON orders (customer_id);',
  'ALTER TABLE orders ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();',
  'ALTER TABLE orders ALTER COLUMN total TYPE bigint;',
  'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id);',
  'ALTER TABLE orders ADD CONSTRAINT orders_email_key UNIQUE (email);',
  'ALTER TABLE orders RENAME COLUMN note TO remark;',
];

interface Tool {
  readonly name: string;
  /** Where the migrations lie, below the project. */
  readonly place: string;
  readonly file: (number: number) => string;
  readonly frame: (sql: string, number: number) => string;
  /** What else the project needs. */
  readonly project: Readonly<Record<string, string>>;
  readonly words: (verb: 'migrate' | 'status') => readonly string[];
  /** Takes the newest migration back; null where the tool cannot. */
  readonly down: readonly string[] | null;
  readonly env: (url: string) => NodeJS.ProcessEnv;
  /** What the tool says when nothing is pending. */
  readonly nothingPending: RegExp;
  /** Tables of its own. */
  readonly ledger: RegExp;
}

const PRISMA_CONFIG = `const { PrismaPg } = require('@prisma/adapter-pg');
module.exports = {
  experimental: { adapter: true },
  engine: 'js',
  schema: 'prisma/schema.prisma',
  adapter: async () => new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 1 }),
};
`;
const time = (number: number): string => `2024010${number}000000`;
const prisma = (sends: 'scripts' | 'statements'): Tool => ({
  name: `prisma, sending ${sends}`,
  place: 'prisma/migrations',
  file: (number) => `${time(number)}_change/migration.sql`,
  frame: (sql) => sql,
  project: {
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
    'prisma.config.js': PRISMA_CONFIG,
    'package.json': `{"dependencies":{"prisma":"${sends === 'scripts' ? '6.19.3' : '7.10.1'}"}}`,
  },
  words: (verb) => ['prisma', 'migrate', verb === 'migrate' ? 'deploy' : 'status'],
  down: null,
  // It would fetch native engines that it does not use here.
  env: (url) => ({
    DATABASE_URL: url,
    PRISMA_SENDS: sends,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_QUERY_ENGINE_LIBRARY: process.execPath,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  }),
  nothingPending: /Database schema is up to date!/,
  ledger: /_prisma_migrations/,
});

/** Runs TypeScript where Node by itself does not. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const className = (number: number): string => `Change170000000000${number}`;
const javascript = (sql: string, number: number): string => `module.exports = class ${className(number)} {
  name = '${className(number)}'
  async up(queryRunner) {
    await queryRunner.query(\`${sql}\`);
  }
  async down(queryRunner) {}
}
`;
const typescript = (sql: string, number: number): string => `import { MigrationInterface, QueryRunner } from "typeorm";

export class ${className(number)} implements MigrationInterface {
    name = '${className(number)}'

    public async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`${sql}\`);
    }

    public async down(queryRunner: QueryRunner): Promise<void> {
    }

}
`;
const typeorm = (mode: 'all' | 'each' | 'none', ending: 'js' | 'ts'): Tool => ({
  name: `typeorm, mode ${mode}, .${ending}`,
  place: 'migrations',
  file: (number) => `170000000000${number}-Change.${ending}`,
  frame: ending === 'js' ? javascript : typescript,
  project: {
    'package.json': '{}',
    'data-source.js': `const { DataSource } = require('typeorm');
module.exports = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  migrations: ['migrations/*.${ending}'],
  migrationsTransactionMode: '${mode}',
});
`,
  },
  words: (verb) => ['typeorm', verb === 'migrate' ? 'migration:run' : 'migration:show', '-d', 'data-source.js'],
  down: ['typeorm', 'migration:revert', '-d', 'data-source.js'],
  env: (url) => ({ DATABASE_URL: url, ...(ending === 'ts' ? { NODE_OPTIONS: `--import ${TSX}` } : {}) }),
  // A cross for each that is applied.
  nothingPending: /^(?![\s\S]*\[ \])[\s\S]*\[X\]/,
  ledger: /\bmigrations(?:_id_seq)?\b|"?PK_8c82d7f526340ab734260ea46be/,
});

const TOOLS: readonly Tool[] = [
  typeorm('all', 'js'),
  typeorm('each', 'ts'),
  typeorm('none', 'js'),
  prisma('scripts'),
  prisma('statements'),
  {
    name: 'dbmate',
    place: 'db/migrations',
    file: (number) => `${time(number)}_change.sql`,
    frame: (sql) => `-- migrate:up\n${sql}\n-- migrate:down\n`,
    project: {},
    words: (verb) => ['dbmate', '--no-dump-schema', verb === 'migrate' ? 'migrate' : 'status'],
    down: ['dbmate', '--no-dump-schema', 'rollback'],
    env: (url) => ({ DATABASE_URL: `${url}?sslmode=disable` }),
    nothingPending: /Pending: 0/,
    ledger: /schema_migrations/,
  },
  {
    name: 'node-pg-migrate',
    place: 'migrations',
    file: (number) => `170000000000${number}_change.sql`,
    frame: (sql) => `-- Up Migration\n${sql}\n-- Down Migration\n`,
    project: {},
    words: (verb) => ['node-pg-migrate', 'up', ...(verb === 'status' ? ['--dry-run'] : [])],
    down: ['node-pg-migrate', 'down'],
    env: (url) => ({ DATABASE_URL: url }),
    nothingPending: /No migrations to run!/,
    ledger: /pgmigrations/,
  },
];

/** It is no package of npm: the variable names its program. */
const GOOSE = process.env['GOOSE_PROGRAM'];
const goose: Tool = {
  name: 'goose',
  place: 'migrations',
  file: (number) => `0000${number}_change.sql`,
  frame: (sql) => `-- +goose Up\n${sql}\n-- +goose Down\n`,
  project: {},
  words: () => [GOOSE ?? '', '-dir', 'migrations', 'up'],
  down: [GOOSE ?? '', '-dir', 'migrations', 'down'],
  env: (url) => ({ GOOSE_DRIVER: 'postgres', GOOSE_DBSTRING: url }),
  nothingPending: /no migrations to run/,
  ledger: /goose_db_version/,
};

function layOut(project: string, tool: Tool, migrations: readonly string[]): string {
  const files = migrations.map(
    (sql, index) => [path.join(tool.place, tool.file(index + 1)), tool.frame(sql, index + 1)] as const,
  );
  for (const [name, text] of [...Object.entries(tool.project), ...files]) {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    writeFileSync(path.join(project, name), text);
  }
  return path.join(project, tool.place, tool.file(migrations.length));
}

async function run(
  tool: Tool,
  project: string,
  { url }: TestDatabase,
  [program = '', ...words]: readonly string[],
): Promise<string> {
  const env = { ...process.env, NODE_PATH: path.join(tools, 'node_modules'), ...tool.env(url) };
  const file = path.isAbsolute(program) ? program : path.join(tools, 'node_modules/.bin', program);
  const { stdout, stderr } = await promisify(execFile)(file, words, { cwd: project, env });
  return `${stdout}${stderr}`;
}

async function differences(expected: TestDatabase, actual: TestDatabase, { ledger }: Tool): Promise<readonly string[]> {
  const lines = await Promise.all(
    [expected, actual].map(async ({ url }) => {
      const connection = await connectPostgres(url, { applicationName: 'test' });
      try {
        return await readCatalogLines(connection);
      } finally {
        await connection.close();
      }
    }),
  );
  return lineDifferences(lines[0]!, lines[1]!).filter((line) => !ledger.test(line));
}

async function rowsOf(database: TestDatabase): Promise<unknown> {
  const client = await database.client();
  const { rows } = await client.query(
    'SELECT id, customer_id, email, total, status, remark, public_id IS NOT NULL AS has_id FROM orders ORDER BY id',
  );
  return rows;
}

describe.each(GOOSE === undefined ? TOOLS : [...TOOLS, goose])('$name', (tool) => {
  it.each([13, 18])('applies what is written on PostgreSQL %i, and finds nothing pending', async (major) => {
    await withFolder(async (folder) => {
      const naive = NAIVE.join('\n');
      const [naiveOne, fresh, later] = await Promise.all([major, major, major].map((one) => createTestDatabase(one)));
      const project = path.join(folder, 'project');
      layOut(project, tool, [FIRST]);
      await run(tool, project, later!, tool.words('migrate'));
      await (await later!.client()).query(ROWS);
      const expected = await naiveOne!.client();
      for (const sql of [FIRST, ROWS, naive]) await expected.query(sql);
      const file = layOut(project, tool, [FIRST, naive]);
      const { written } = await makePlan({
        paths: [path.join(project, tool.place)],
        serverMajor: major,
        write: true,
        force: true,
      });
      expect(written?.isDone).toBe(true);
      expect(written!.files.length).toBeGreaterThan(15);
      expect(readFileSync(file, 'utf8')).toBe(written!.files[0]?.text);
      for (const database of [fresh!, later!]) {
        await run(tool, project, database, tool.words('migrate'));
        expect(await run(tool, project, database, tool.words('status'))).toMatch(tool.nothingPending);
        expect(await differences(naiveOne!, database, tool)).toEqual([]);
      }
      expect(await rowsOf(later!)).toEqual(await rowsOf(naiveOne!));
      await Promise.all([naiveOne, fresh, later].map((database) => database?.drop()));
    });
  });

  it.skipIf(tool.down === null)('takes back what can be taken back, and refuses the rest', async () => {
    await withFolder(async (folder) => {
      const [before, database] = [await createTestDatabase(18), await createTestDatabase(18)];
      await (await before.client()).query(FIRST);
      const project = path.join(folder, 'project');
      layOut(project, tool, [FIRST, `${NAIVE[0]}\n${NAIVE[1]}`]);
      const options = { paths: [path.join(project, tool.place)], serverMajor: 18, write: true, force: true };
      const { written } = await makePlan(options);
      await run(tool, project, database, tool.words('migrate'));
      for (const { text } of written!.files) {
        expect(text).not.toContain('no way back');
        await run(tool, project, database, tool.down ?? []);
      }
      expect(await differences(before, database, tool)).toEqual([]);
      await run(tool, project, database, tool.words('migrate'));
      writeFileSync(
        path.join(project, tool.place, tool.file(9)),
        tool.frame('ALTER TABLE orders DROP COLUMN email;', 9),
      );
      await makePlan(options);
      await run(tool, project, database, tool.words('migrate'));
      await expect(run(tool, project, database, tool.down ?? [])).rejects.toThrow(/no way back|disabled down/);
      await Promise.all([before.drop(), database.drop()]);
    });
  });
});

describe('TypeORM and evenkeel apply', () => {
  const tool = typeorm('all', 'js');
  const applied = async (project: string, { url }: TestDatabase): Promise<string> =>
    apply({
      path: path.join(project, tool.place),
      databaseUrl: url,
      through: 'contract',
      pastGate: null,
      commandLine: 'evenkeel apply',
      onEvent: () => undefined,
      signal: new AbortController().signal,
    });

  it.each([13, 18])('have one ledger on PostgreSQL %i', async (major) => {
    await withFolder(async (folder) => {
      const [theirs, ours, both] = await Promise.all([major, major, major].map((one) => createTestDatabase(one)));
      const project = path.join(folder, 'project');
      layOut(project, tool, [FIRST]);
      await run(tool, project, both!, tool.words('migrate'));
      layOut(project, tool, [FIRST, NAIVE.join('\n')]);
      await run(tool, project, theirs!, tool.words('migrate'));
      for (const database of [ours!, both!]) {
        expect(await applied(project, database)).toBe('completed');
        expect(await run(tool, project, database, tool.words('status'))).toMatch(tool.nothingPending);
        expect(await run(tool, project, database, tool.words('migrate'))).toContain('No migrations are pending');
        // With TypeORM's own table: it is made as TypeORM makes it.
        const lines = await differences(theirs!, database, { ...tool, ledger: /\bevenkeel\b/ });
        expect(lines).toEqual([]);
        const { rows } = await (await database.client()).query(
          'SELECT id, "timestamp", name FROM migrations ORDER BY id',
        );
        expect(rows).toEqual([1, 2].map((id) => ({ id, timestamp: `170000000000${id}`, name: className(id) })));
        await run(tool, project, database, tool.down ?? []);
        expect(await run(tool, project, database, tool.words('status'))).toContain(`[ ] ${className(2)}`);
      }
      await Promise.all([theirs, ours, both].map((database) => database?.drop()));
    });
  });
});
