import type pg from 'pg';
import type { Plan, Step } from '../../src/model/plan.ts';

/**
 * Performs a plan step by step without any guard, so that a test can look around between two steps. The guarded run
 * has tests of its own.
 */
export async function walkPlan(
  plan: Plan,
  client: pg.Client,
  between: (step: Step | null) => Promise<void>,
): Promise<void> {
  await between(null);
  for (const step of plan.migrations.flatMap((migration) => migration.steps)) {
    if (step.kind === 'transaction' && step.sql.length > 0 && (await holds(step, client))) {
      throw new TypeError(`${step.id}: a run would skip it, as this holds before: ${step.postCondition.sentence}`);
    }
    await perform(step, client);
    if (step.kind !== 'gate' && step.postCondition.sql !== null && !(await holds(step, client))) {
      throw new TypeError(`${step.id}: not so: ${step.postCondition.sentence}`);
    }
    await between(step);
  }
}

async function holds(step: Exclude<Step, { kind: 'gate' }>, client: pg.Client): Promise<boolean> {
  if (step.postCondition.sql === null) return false;
  // What a condition reads may not be there yet.
  const { rows } = await client
    .query<{ holds: boolean }>(step.postCondition.sql)
    .catch(() => ({ rows: [{ holds: false }] }));
  return rows[0]?.holds === true;
}

async function perform(step: Step, client: pg.Client): Promise<void> {
  if (step.kind === 'transaction') await client.query(['BEGIN', ...step.sql, 'COMMIT'].join(';\n'));
  if (step.kind === 'concurrent-index') await client.query(step.sql);
  if (step.kind === 'backfill') await client.query(`UPDATE ${step.table} SET ${step.assignments} WHERE ${step.where}`);
}
