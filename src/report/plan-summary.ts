import type { PlanReport } from '../model/report.ts';
import { countText } from './quantity-text.ts';

/** The plan in one line: how many steps, gates and open losses. */
export function planSummary({ plan, losses }: PlanReport): string {
  const steps = plan.migrations.flatMap((migration) => migration.steps);
  const gates = steps.filter(({ kind }) => kind === 'gate').length;
  const open = losses.filter(({ accepted }) => accepted === null).length;
  return [
    `${countText(steps.length, 'step')} for ${countText(plan.migrations.length, 'migration')} on PostgreSQL ${plan.serverMajor}`,
    ...(gates === 0 ? ['no deployment in between'] : [`${countText(gates, 'gate')} to deploy at`]),
    ...(open === 0 ? [] : [`${countText(open, 'loss', 'losses')} to decide on`]),
  ].join(', ');
}
