import type { MigrationPlan, Step } from '../model/plan.ts';
import { stepMark } from '../model/step-mark.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';
import type { ParsedMigration } from './parsed-migration.ts';
import { type PlanInput, plan } from './plan.ts';

type WorkStep = Exclude<Step, { kind: 'gate' }>;

/**
 * The steps of a migration as they have to be when each is applied by itself, some day: a table that an earlier step has
 * made may be in use by then, so that what was nothing inside one migration is planned anew. Pure.
 *
 * @param input what the plan was made of
 */
export function planApart(planned: MigrationPlan, input: PlanInput): MigrationPlan {
  const index = input.migrations.findIndex(({ migration }) => migration.id === planned.id);
  const own = input.migrations[index];
  const works = planned.steps.filter(isWork);
  if (own === undefined || works.length < 2) return planned;
  const before = input.migrations.slice(0, index);
  const apart = plan({ ...input, migrations: [...before, ...works.map((step) => alone(step, own))] });
  const again = new Map(works.map((step, position) => [step, apart.plan.migrations[index + position]?.steps ?? []]));
  return { ...planned, steps: planned.steps.flatMap((step) => settled(step, isWork(step) ? again.get(step) : [])) };
}

function isWork(step: Step): step is WorkStep {
  return step.kind !== 'gate' && (step.kind !== 'transaction' || step.sql.length > 0);
}

/** A step as if it were a migration. */
function alone(step: WorkStep, { migration }: ParsedMigration): ParsedMigration {
  const sql = `${stepMark(step)}\n${step.kind === 'transaction' ? step.sql.join('\n;\n') : sqlOf(step)}`;
  const id = `${migration.id} ${step.id}`;
  return { migration: { ...migration, id, sql }, statements: parseStatements(sql, migration.path) };
}

function sqlOf(step: Exclude<WorkStep, { kind: 'transaction' }>): string {
  return step.kind === 'concurrent-index'
    ? step.sql
    : `UPDATE ${step.table} SET ${step.assignments} WHERE ${step.where}`;
}

/** Most stay as they are. What was planned anew keeps the place of the step that it came from. */
function settled(step: Step, again: readonly Step[] = []): readonly Step[] {
  if (step.kind !== 'transaction') return [step];
  const [first, second] = again;
  const isSame = first === undefined || (second === undefined && first.kind === 'transaction');
  if (isSame) return [step];
  return again.map((one) => ({ ...one, id: `${step.id.slice(0, 2)}${one.id.slice(2)}`, line: step.line }));
}
