import { readFileSync } from 'node:fs';
import type { Plan } from '../../src/model/plan.ts';
import { runPlan } from '../../src/run/run-plan.ts';

/** A runner of its own, to be killed: `kill-child.ts <url> <plan.json>`. Answers the outcome on its standard output. */
const [url = '', planFile = ''] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as Plan;
const { outcome } = await runPlan({
  url,
  plan,
  through: 'contract',
  passGate: null,
  commandLine: 'evenkeel apply migrations',
  onEvent: () => undefined,
});
process.stdout.write(outcome);
