import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { check, makePlan } from '../../src/index.ts';
import { readMigrations } from '../../src/source/read-migrations.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { withFolder } from './run-files.ts';

beforeAll(() => loadParser());

const SCHEMA = 'CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, note text);';
/** An index, a backfill with what comes before and after it, and a gate. */
const NAIVE = `CREATE INDEX orders_total_idx ON orders (total);
ALTER TABLE orders ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE orders DROP COLUMN note;
`;

interface Layout {
  readonly file: string;
  readonly text: string;
  readonly also?: Readonly<Record<string, string>>;
}

const PRISMA = { 'migration_lock.toml': 'provider = "postgresql"\n' };
const LAYOUTS: Record<string, Layout> = {
  sql: { file: '0002_change.sql', text: NAIVE },
  dbmate: { file: '20240101000000_change.sql', text: `-- migrate:up\n${NAIVE}\n-- migrate:down\n` },
  goose: { file: '00002_change.sql', text: `-- +goose Up\n${NAIVE}\n-- +goose Down\n` },
  'node-pg-migrate': { file: '1700000000000_change.sql', text: `-- Up Migration\n${NAIVE}\n-- Down Migration\n` },
  'prisma 6': {
    file: '20240101000000_change/migration.sql',
    text: NAIVE,
    also: { ...PRISMA, 'package.json': '{"dependencies":{"prisma":"6.19.3"}}' },
  },
  'prisma 7': {
    file: '20240101000000_change/migration.sql',
    text: NAIVE,
    also: { ...PRISMA, 'package.json': '{"dependencies":{"prisma":"7.10.1"}}' },
  },
};

/** As `typeorm migration:generate` writes it, in a project of that mode. */
function typeorm(mode: string, options: { readonly ending: 'ts' | 'js' } = { ending: 'ts' }): Layout {
  const isTs = options.ending === 'ts';
  const calls = NAIVE.trim()
    .split('\n')
    .map((sql) => `        await queryRunner.query(\`${sql.replace(/;$/, '')}\`);`);
  const type = isTs ? ': QueryRunner): Promise<void>' : ')';
  return {
    file: `1700000000002-Change.${options.ending}`,
    text: `${isTs ? 'import { MigrationInterface, QueryRunner } from "typeorm";\n\nexport' : 'module.exports ='} class Change1700000000002${isTs ? ' implements MigrationInterface' : ''} {
    name = 'Change1700000000002'

    ${isTs ? 'public ' : ''}async up(queryRunner${type} {
${calls.join('\n')}
    }

    ${isTs ? 'public ' : ''}async down(queryRunner${type} {
    }
}
`,
    also: {
      'data-source.js': `new DataSource({ type: 'postgres',\n  migrationsTransactionMode: '${mode}' }); // of 'typeorm'\n`,
    },
  };
}

for (const mode of ['all', 'each', 'none']) LAYOUTS[`typeorm ${mode}`] = typeorm(mode);
LAYOUTS['typeorm of JavaScript'] = typeorm('each', { ending: 'js' });

function layOut(folder: string, { file, text, also = {} }: Layout): { readonly file: string; readonly schema: string } {
  const place = path.join(folder, 'migrations');
  for (const [name, content] of Object.entries({ ...also, [file]: text })) {
    mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
    writeFileSync(path.join(place, name), content);
  }
  const schema = path.join(folder, 'schema.sql');
  writeFileSync(schema, SCHEMA);
  return { file: path.join(place, file), schema };
}

describe.each(Object.entries(LAYOUTS))('%s', (_, layout) => {
  it('gets files that are no finding, and need no other plan', async () => {
    await withFolder(async (folder) => {
      const { file, schema } = layOut(folder, layout);
      const { written } = await makePlan({ paths: [file], schemaFile: schema, write: true, force: true });
      const paths = written!.files.map((one) => one.path);
      expect(paths[0]).toBe(file);
      expect(written!.files.map(({ step }) => step?.phase)).toEqual(
        expect.arrayContaining(['expand', 'migrate', 'contract']),
      );
      expect(written!.files.at(-1)?.step?.deployBefore).toEqual([expect.stringContaining('orders.note')]);
      expect(readFileSync(paths.at(-1)!, 'utf8')).toMatch(/^(?:--|\/\/) BEFORE THIS FILE IS APPLIED: Deploy code/m);
      const options = { paths: [path.join(folder, 'migrations')], schemaFile: schema };
      const { findings } = await check(options);
      expect(
        findings.filter(({ severity }) => severity === 'error').map(({ path: at, rule }) => `${at} ${rule}`),
      ).toEqual([]);
      expect((await makePlan({ ...options, write: true })).written?.files).toEqual([]);
      const migrations = await readMigrations(options.paths);
      expect(migrations.map(({ path: at }) => at)).toEqual(paths);
      for (const { transaction, isOneMessage, sql, path: at } of migrations) {
        const statements = parseStatements(sql, at);
        const isOutside = statements.some(({ sql: one }) => /CONCURRENTLY|COMMIT;/.test(one));
        if (transaction !== 'statement') expect(isOutside).toBe(false);
        if (isOutside && (isOneMessage === true || layout.text.startsWith('CREATE')))
          expect(statements).toHaveLength(1);
      }
    });
  });
});

async function writtenText(layout: string, step: RegExp): Promise<string> {
  return withFolder(async (folder) => {
    const { file, schema } = layOut(folder, LAYOUTS[layout]!);
    const { written } = await makePlan({ paths: [file], schemaFile: schema, write: true });
    return written!.files.find((one) => step.test(one.step?.id ?? ''))?.text ?? '';
  });
}

it('dbmate builds an index outside of its transaction, one statement each way', async () => {
  expect(await writtenText('dbmate', /index/)).toMatchInlineSnapshot(`
    "-- migrate:up transaction:false
    -- evenkeel-step: expand concurrent-index
    -- Step 01-index-orders_total_idx of the plan for 20240101000000_change (expand): A plain CREATE INDEX
    -- keeps writers waiting for the whole build; CONCURRENTLY reads the table twice and nobody waits.
    -- Locks: SHARE UPDATE EXCLUSIVE on public.orders. Afterwards the index public.orders_total_idx is valid.
    -- It needs a session without lock_timeout and statement_timeout: one that runs out leaves an invalid index
    -- behind.
    CREATE INDEX CONCURRENTLY orders_total_idx ON public.orders USING btree (total);

    -- migrate:down transaction:false
    DROP INDEX CONCURRENTLY IF EXISTS public.orders_total_idx;
    "
  `);
});

it('goose gets a block of code between its marks, without timeouts', async () => {
  expect(await writtenText('goose', /backfill/)).toMatchInlineSnapshot(`
    "-- +goose NO TRANSACTION
    -- +goose Up
    -- evenkeel-step: migrate backfill
    -- Step 03-backfill-public_id of the plan for 00002_change (migrate): The rows that were there before get
    -- their value in small transactions; nobody waits for more than a few rows.
    -- Locks: ROW EXCLUSIVE on public.orders. Afterwards no row of public.orders is left to do.
    SET statement_timeout = 0;
    -- +goose StatementBegin
    DO $evenkeel$
    BEGIN
      WHILE EXISTS (SELECT FROM public.orders WHERE public_id IS NULL) LOOP
        SET LOCAL lock_timeout = '500ms';
        UPDATE public.orders SET public_id = gen_random_uuid() WHERE (public_id IS NULL) AND ("id") IN (
          SELECT "id" FROM public.orders WHERE public_id IS NULL ORDER BY "id" LIMIT 1000 FOR UPDATE);
        COMMIT;
      END LOOP;
    END $evenkeel$;
    -- +goose StatementEnd
    RESET statement_timeout;

    -- +goose Down
    -- There is nothing to take back.
    "
  `);
});

it('node-pg-migrate gets no way down where rows would be lost, and limits that end with the file', async () => {
  expect(await writtenText('node-pg-migrate', /drop-column/)).toMatchInlineSnapshot(`
    "-- Up Migration
    -- evenkeel-step: contract brief
    -- Step 08-drop-column-note of the plan for 1700000000000_change (contract): DROP COLUMN changes the
    -- catalog only: a moment under ACCESS EXCLUSIVE.
    -- BEFORE THIS FILE IS APPLIED: Deploy code that neither reads nor writes public.orders.note, and wait
    -- until no older version runs.
    -- A tool applies all files that it finds: this one belongs into a later release.
    -- Locks: ACCESS EXCLUSIVE on public.orders. Afterwards public.orders has no column note.
    -- When it ends with a lock timeout, the table was busy and nothing has happened: apply it again.
    SET LOCAL lock_timeout = '100ms';
    SET LOCAL statement_timeout = '5000ms';
    ALTER TABLE public.orders DROP COLUMN note;
    SET LOCAL lock_timeout TO DEFAULT;
    SET LOCAL statement_timeout TO DEFAULT;
    "
  `);
});

it('Prisma gets a transaction of the file itself', async () => {
  expect(await writtenText('prisma 7', /add-column/)).toMatchInlineSnapshot(`
    "-- evenkeel-step: expand brief
    -- Step 02-add-column-public_id of the plan for 20240101000000_change (expand): Added empty, the column
    -- costs a moment; the default set by the same command fills every row inserted from now on.
    -- Locks: ACCESS EXCLUSIVE on public.orders. Afterwards public.orders has the column public_id.
    -- When it ends with a lock timeout, the table was busy and nothing has happened: apply it again.
    BEGIN;
    SET LOCAL lock_timeout = '100ms';
    SET LOCAL statement_timeout = '5000ms';
    ALTER TABLE public.orders ADD COLUMN public_id uuid, ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
    COMMIT;
    "
  `);
});

it('TypeORM in mode each builds an index outside of its transaction, and takes it back inside of one', async () => {
  expect(await writtenText('typeorm each', /index/)).toMatchInlineSnapshot(`
    "// evenkeel-step: expand concurrent-index
    // Step 01-index-orders_total_idx of the plan for 1700000000002-Change (expand): A plain CREATE INDEX keeps
    // writers waiting for the whole build; CONCURRENTLY reads the table twice and nobody waits.
    // Locks: SHARE UPDATE EXCLUSIVE on public.orders. Afterwards the index public.orders_total_idx is valid.
    // It needs a session without lock_timeout and statement_timeout: one that runs out leaves an invalid index
    // behind.
    import type { MigrationInterface, QueryRunner } from 'typeorm';

    export class ChangeIndexOrdersTotalIdx1700000000003 implements MigrationInterface {
      name = 'ChangeIndexOrdersTotalIdx1700000000003';
      transaction = false;

      async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`SET lock_timeout = 0\`);
        await queryRunner.query(\`SET statement_timeout = 0\`);
        await queryRunner.query(\`CREATE INDEX CONCURRENTLY orders_total_idx ON public.orders USING btree (total)\`);
        await queryRunner.query(\`RESET lock_timeout\`);
        await queryRunner.query(\`RESET statement_timeout\`);
      }

      async down(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`DROP INDEX IF EXISTS public.orders_total_idx\`);
      }
    }
    "
  `);
});

it('TypeORM in mode all gets what runs in a transaction', async () => {
  expect(await writtenText('typeorm all', /backfill/)).toMatchInlineSnapshot(`
    "// evenkeel-step: migrate backfill
    // Step 03-backfill-public_id of the plan for 1700000000002-Change (migrate): The rows that were there
    // before get their value in small transactions; nobody waits for more than a few rows.
    // Locks: ROW EXCLUSIVE on public.orders. Afterwards no row of public.orders is left to do.
    // The tool runs all that is pending in one transaction, so this form may hold up others: it gets one
    // second, and is taken back whole when that is not enough. evenkeel apply runs the same file without holding
    // up anybody, however large the table is.
    import type { MigrationInterface, QueryRunner } from 'typeorm';

    export class ChangeBackfillPublicId1700000000005 implements MigrationInterface {
      name = 'ChangeBackfillPublicId1700000000005';

      async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`SET LOCAL lock_timeout = '500ms'\`);
        await queryRunner.query(\`SET LOCAL statement_timeout = '1000ms'\`);
        await queryRunner.query(\`DO $evenkeel$
    BEGIN
      WHILE EXISTS (SELECT FROM public.orders WHERE public_id IS NULL) LOOP
        SET LOCAL lock_timeout = '500ms';
        UPDATE public.orders SET public_id = gen_random_uuid() WHERE (public_id IS NULL) AND ("id") IN (
          SELECT "id" FROM public.orders WHERE public_id IS NULL ORDER BY "id" LIMIT 1000 FOR UPDATE);
      END LOOP;
    END $evenkeel$\`);
        await queryRunner.query(\`SET LOCAL lock_timeout TO DEFAULT\`);
        await queryRunner.query(\`SET LOCAL statement_timeout TO DEFAULT\`);
      }

      async down(queryRunner: QueryRunner): Promise<void> {
        // There is nothing to take back.
      }
    }
    "
  `);
});

it('TypeORM in mode none gets a transaction where a step wants one', async () => {
  expect(await writtenText('typeorm none', /drop-column/)).toMatchInlineSnapshot(`
    "// evenkeel-step: contract brief
    // Step 08-drop-column-note of the plan for 1700000000002-Change (contract): DROP COLUMN changes the
    // catalog only: a moment under ACCESS EXCLUSIVE.
    // BEFORE THIS FILE IS APPLIED: Deploy code that neither reads nor writes public.orders.note, and wait
    // until no older version runs.
    // A tool applies all files that it finds: this one belongs into a later release.
    // Locks: ACCESS EXCLUSIVE on public.orders. Afterwards public.orders has no column note.
    // When it ends with a lock timeout, the table was busy and nothing has happened: apply it again.
    import type { MigrationInterface, QueryRunner } from 'typeorm';

    export class ChangeDropColumnNote1700000000009 implements MigrationInterface {
      name = 'ChangeDropColumnNote1700000000009';
      transaction = true;

      async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`SET LOCAL lock_timeout = '100ms'\`);
        await queryRunner.query(\`SET LOCAL statement_timeout = '5000ms'\`);
        await queryRunner.query(\`ALTER TABLE public.orders DROP COLUMN note\`);
      }

      async down(queryRunner: QueryRunner): Promise<void> {
        throw new Error('This step has no way back that loses nothing.');
      }
    }
    "
  `);
});

it('TypeORM gets JavaScript where the migration is JavaScript', async () => {
  expect(await writtenText('typeorm of JavaScript', /add-column/)).toMatchInlineSnapshot(`
    "// evenkeel-step: expand brief
    // Step 02-add-column-public_id of the plan for 1700000000002-Change (expand): Added empty, the column
    // costs a moment; the default set by the same command fills every row inserted from now on.
    // Locks: ACCESS EXCLUSIVE on public.orders. Afterwards public.orders has the column public_id.
    // When it ends with a lock timeout, the table was busy and nothing has happened: apply it again.
    module.exports = class ChangeAddColumnPublicId1700000000004 {
      name = 'ChangeAddColumnPublicId1700000000004';

      async up(queryRunner) {
        await queryRunner.query(\`SET LOCAL lock_timeout = '100ms'\`);
        await queryRunner.query(\`SET LOCAL statement_timeout = '5000ms'\`);
        await queryRunner.query(\`ALTER TABLE public.orders ADD COLUMN public_id uuid, ALTER COLUMN public_id SET DEFAULT gen_random_uuid()\`);
      }

      async down(queryRunner) {
        await queryRunner.query(\`ALTER TABLE public.orders DROP COLUMN public_id\`);
      }
    };
    "
  `);
});

it('TypeORM in mode all: the notes name the line that would let it build indexes CONCURRENTLY', async () => {
  await withFolder(async (folder) => {
    const { file, schema } = layOut(folder, LAYOUTS['typeorm all']!);
    const { written } = await makePlan({ paths: [file], schemaFile: schema, write: true });
    expect(written).toMatchObject({ isDone: true, superseded: [file] });
    expect(path.basename(written!.files[0]!.path)).toBe('1700000000003-ChangeIndexOrdersTotalIdx.ts');
    expect(written!.notes).toEqual([
      expect.stringMatching(/^typeorm runs everything in one transaction/),
      expect.stringMatching(
        /^With migrationsTransactionMode: 'each' at \S*data-source\.js:2, and the plan written anew/,
      ),
    ]);
    await expect(makePlan({ paths: [file], schemaFile: schema, write: true })).rejects.toThrow(
      'newer migrations stand there already (ChangeIndexOrdersTotalIdx1700000000003)',
    );
  });
});

it('goes beside the migration where nothing may be replaced, and says what has to go', async () => {
  await withFolder(async (folder) => {
    const { file, schema } = layOut(folder, LAYOUTS['sql']!);
    const { written } = await makePlan({ paths: [file], schemaFile: schema, write: true });
    expect(written).toMatchObject({ isDone: true, superseded: [file], nextCommand: `rm ${file}` });
    expect(written!.files[0]?.path).toBe(path.join(folder, 'migrations', '0003_change_index_orders_total_idx.sql'));
    expect(readFileSync(file, 'utf8')).toBe(NAIVE);
    for (const { path: at, text, action } of written!.files) {
      expect([action, readFileSync(at, 'utf8')]).toEqual(['create', text]);
    }
  });
});

it('keeps the ending of files that go up, and tells of the one that goes down', async () => {
  await withFolder(async (folder) => {
    const layout = { file: '0002_change.up.sql', text: NAIVE, also: { '0002_change.down.sql': 'SELECT 1;\n' } };
    const { file, schema } = layOut(folder, layout);
    const { written } = await makePlan({ paths: [file], schemaFile: schema, write: true, force: true });
    const names = written!.files.map((one) => path.basename(one.path));
    expect(names.slice(0, 2)).toEqual(['0002_change.up.sql', '0003_change_add_column_public_id.up.sql']);
    expect(written!.notes).toEqual([
      '0002_change.down.sql takes back the migration as it was, and is not written anew.',
    ]);
  });
});

it('refuses where newer migrations stand in the way, and writes nothing', async () => {
  await withFolder(async (folder) => {
    const { file, schema } = layOut(folder, { ...LAYOUTS['sql']!, also: { '0003_later.sql': 'SELECT 1;\n' } });
    await expect(makePlan({ paths: [file], schemaFile: schema, write: true, force: true })).rejects.toThrow(
      'needs files behind it, and newer migrations stand there already (0003_later)',
    );
    expect(readFileSync(file, 'utf8')).toBe(NAIVE);
    expect(existsSync(path.join(folder, 'migrations', '0004_change_add_column_public_id.sql'))).toBe(false);
  });
});

it('says how to check what is written, with the schema that was given', async () => {
  await withFolder(async (folder) => {
    const { file, schema } = layOut(folder, { ...LAYOUTS['sql']!, text: 'ALTER TABLE orders DROP COLUMN note;\n' });
    const options = { schemaFile: schema, write: true, force: true };
    const { written } = await makePlan({ ...options, paths: [file] });
    const paths = written!.files.map((one) => one.path).join(' ');
    expect(written!.nextCommand).toBe(`evenkeel check ${paths} --schema ${schema}`);
    const place = path.dirname(file);
    writeFileSync(file, NAIVE);
    for (const { path: at } of written!.files.slice(1)) rmSync(at);
    expect((await makePlan({ ...options, paths: [place] })).written!.nextCommand).toBe(
      `evenkeel check ${place} --schema ${schema}`,
    );
  });
});

it('writes only the newest migration of a folder whose history nobody knows', async () => {
  await withFolder(async (folder) => {
    const first = { '0001_first.sql': `${SCHEMA}\n`, '0002_old.sql': 'CREATE INDEX ON orders (note);\n' };
    layOut(folder, { file: '0003_change.sql', text: NAIVE, also: first });
    const { written } = await makePlan({ paths: [path.join(folder, 'migrations')], write: true, force: true });
    expect(written!.files.every(({ step }) => step?.migration === '0003_change')).toBe(true);
    expect(readFileSync(path.join(folder, 'migrations', '0002_old.sql'), 'utf8')).toBe(first['0002_old.sql']);
  });
});
