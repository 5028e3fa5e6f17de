import type { Plan, Step } from '../../src/model/plan.ts';
import type { Paint } from './console.ts';
import { wrap } from './wrap.ts';

const WIDTH = 92;
const SQL_LENGTH = 160;

/** The plan step by step: the phase, what runs, how it takes its locks, and why. */
export function planSummary(plan: Plan, paint: Paint): readonly string[] {
  return plan.migrations.flatMap((migration) => [
    `  ${paint.bold(migration.id)}`,
    ...migration.steps.flatMap((step) => stepLines(step, paint)),
  ]);
}

function stepLines(step: Step, paint: Paint): readonly string[] {
  const [first = '', ...rest] = wrap(shorten(sqlOf(step)), WIDTH - 10);
  return [
    `    ${paint.cyan(step.phase.padEnd(9))} ${first}`,
    ...rest.map((line) => `${' '.repeat(14)}${line}`),
    ...wrap(`${manner(step)}. ${step.why}`, WIDTH - 10).map((line) => paint.dim(`${' '.repeat(14)}${line}`)),
  ];
}

/** A block that looks for rows in the way is long; its beginning says what it is about. */
function shorten(sql: string): string {
  return sql.length <= SQL_LENGTH ? sql : `${sql.slice(0, SQL_LENGTH).trimEnd()} ...`;
}

function sqlOf(step: Step): string {
  switch (step.kind) {
    case 'transaction':
      return step.sql.map((sql) => `${sql};`).join(' ');
    case 'concurrent-index':
      return `${step.sql};`;
    case 'backfill':
      return `UPDATE ${step.table} SET ${step.assignments} WHERE ${step.where}; in batches`;
    case 'gate':
      return `gate: ${step.deploy}`;
  }
}

function manner(step: Step): string {
  const modes = [...new Set(step.locks.map(({ mode }) => mode))].join(' and ') || 'no lock on anything in use';
  switch (step.kind) {
    case 'transaction':
      return step.lockClass === 'brief'
        ? `${modes}, asked for when nobody old is in the way, for ${step.lockTimeoutMs} ms at most`
        : modes;
    case 'concurrent-index':
      return `${modes}, outside a transaction, watched`;
    case 'backfill':
      return `${modes}, ${step.batchRows} rows at a time to begin with`;
    case 'gate':
      return 'Waits for you';
  }
}
