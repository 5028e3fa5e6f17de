import { describe, expect, test } from 'vitest';
import { planMigrations } from '../../src/api/check-migrations.ts';
import { InterruptedError } from '../../src/model/error.ts';
import type { PlanProof } from '../../src/model/plan-proof.ts';
import type { PlanReport } from '../../src/model/report.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { runProgram } from '../cli/run-program.ts';
import { ownValidator } from '../report/schema-validators.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const { write } = scratchFolder('prove');

const SCHEMA = `CREATE TABLE orders (id int PRIMARY KEY, total int NOT NULL);
COMMENT ON TABLE orders IS 'said';
`;

async function prove(sql: string, schema = SCHEMA): Promise<PlanReport & { readonly proof: PlanProof }> {
  const options = { paths: [write('change.sql', sql)], schemaFile: write('schema.sql', schema), serverMajor: 16 };
  const report = await planMigrations({ ...options, prove: true });
  if (report.proof === undefined) throw new TypeError('there is no proof');
  return { ...report, proof: report.proof };
}

describe('plan --prove', () => {
  test('runs the plan and the migration, and compares the two', async () => {
    const words = ['plan', 'examples/shop/sql/0005_order_customer_fk.sql', '--prove', '--server-version', '16'];
    const schema = ['--schema', 'examples/shop/sql/0000_create_tables.sql'];
    const text = await runProgram([...words, ...schema]);
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    expect(text.stdout).toContain('Proved on PostgreSQL 16.14: the plan ends where the migration itself ends');
    const json = await runProgram([...words, ...schema, '--format', 'json']);
    const plan = JSON.parse(json.stdout);
    expect(ownValidator('plan')(plan)).toEqual([]);
    expect(plan.proof).toMatchObject({ outcome: 'equal', differences: [], refusal: null });
  });

  test('a migration that the server refuses is told with its line, and nothing is to be applied', async () => {
    const report = await prove('SELECT 1;\n\nALTER TABLE orders ADD FOREIGN KEY (total) REFERENCES nothing;');
    const refusal = { line: 3, sqlstate: '42P01', message: 'relation "nothing" does not exist' };
    expect(report.proof).toMatchObject({ outcome: 'refused', refusal });
    const { output, exitCode } = renderReport(report, 'text');
    expect(exitCode).toBe(1);
    expect(output).toContain('change.sql:3: relation "nothing" does not exist (SQLSTATE 42P01)');
    expect(output).not.toContain('Next:');
  });

  test('both runs begin with the search_path of the schema', async () => {
    const schema = `CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, total int);
      CREATE TABLE orders (id int PRIMARY KEY); SET search_path = shop, public;`;
    const { proof } = await prove('CREATE VIEW totals AS SELECT total FROM orders;', schema);
    expect(proof).toMatchObject({ outcome: 'equal', differences: [], refusal: null });
  });

  test('a change of a type goes through all of its gates', async () => {
    const { proof } = await prove('ALTER TABLE orders ALTER COLUMN total TYPE bigint;');
    expect(proof).toMatchObject({ outcome: 'equal', differences: [] });
    expect(proof.objects).toBeGreaterThan(3);
  });

  test('where the two differ, the difference is told and the exit code is 1', async () => {
    const report = await prove('SELECT 1;');
    const differences = ['column public.orders.total is integer instead of bigint'];
    const { output, exitCode } = renderReport(
      { ...report, proof: { ...report.proof, outcome: 'different', differences } },
      'text',
    );
    expect(exitCode).toBe(1);
    expect(output).toContain('  column public.orders.total is integer instead of bigint');
  });

  test('stops when it is asked to', async () => {
    const aborted = new AbortController();
    aborted.abort();
    const options = { paths: [write('stop.sql', 'SELECT 1')], serverMajor: 16, prove: true, signal: aborted.signal };
    await expect(planMigrations(options)).rejects.toThrow(InterruptedError);
  });
});
