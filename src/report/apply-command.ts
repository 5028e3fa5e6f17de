import path from 'node:path';
import type { Plan } from '../model/plan.ts';

/** What to type to run a plan. */
export function applyCommand(plan: Plan): string {
  return `evenkeel apply ${commonPath(plan)}`;
}

/** The one path that names all migrations of the plan, or a placeholder where there is none. */
function commonPath(plan: Plan): string {
  const [first, ...others] = plan.migrations.map((migration) => migration.path);
  if (first === undefined) return '<path>';
  if (others.length === 0) return first;
  const folder = path.dirname(first);
  return others.every((other) => path.dirname(other) === folder) ? folder : '<path>';
}
