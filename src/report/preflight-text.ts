import type { PreflightReason, PreflightReport, PreflightStep, PreflightVerdict } from '../model/preflight-report.ts';
import { loudText } from './doctor-text.ts';
import type { Paint } from './paint.ts';
import { printableText } from './printable-text.ts';
import { countText } from './quantity-text.ts';
import { labelled } from './wrap-text.ts';

const INDENT = '    ';
const LABEL_WIDTH = 9;
const VERDICT_WIDTH = 9;

/** Whether to strike now: the verdict, what is in the way of each step, and what to type. */
export function preflightText(report: PreflightReport, paint: Paint): string {
  const head = `Database ${paint.bold(printableText(report.database))}`;
  const whole = report.reasons.map((reason) => reasonText(reason, paint).join('\n'));
  const checks = report.checks.map((check) => loudText(check, paint));
  const steps = report.steps.map((step) => stepText(step, paint));
  const gate =
    report.gate === null
      ? []
      : [`Then a gate, ${report.gate.migration}/${report.gate.step}: ${printableText(report.gate.deploy)}`];
  const last = [verdictSentence(report, paint)];
  if (report.nextCommand !== null) last.push(`Next: ${paint.cyan(printableText(report.nextCommand))}`);
  const blocks = [head, ...checks, ...whole, ...(steps.length > 0 ? [steps.join('\n')] : []), ...gate, last.join('\n')];
  return `${blocks.join('\n\n')}\n`;
}

function stepText({ migration, step, verdict, kind, reasons }: PreflightStep, paint: Paint): string {
  const name = `${printableText(migration)}/${printableText(step)}`;
  const head = `  ${styleOf(verdict, paint)(verdict.padEnd(VERDICT_WIDTH))}${name} ${paint.dim(kind)}`;
  return [head, ...reasons.flatMap((reason) => reasonText(reason, paint))].join('\n');
}

function reasonText({ verdict, sentence, blocker, nextCommand }: PreflightReason, paint: Paint): readonly string[] {
  const lines = [labelled(verdict === 'clear' ? 'note' : verdict, printableText(sentence), INDENT, LABEL_WIDTH)];
  if (blocker !== null && blocker.query !== null && blocker.query !== '') {
    lines.push(labelled('its SQL', printableText(blocker.query), INDENT, LABEL_WIDTH));
  }
  if (nextCommand !== null) {
    lines.push(`${INDENT}${'next'.padEnd(LABEL_WIDTH)}${paint.cyan(printableText(nextCommand))}`);
  }
  return lines;
}

function verdictSentence({ verdict, steps, gate }: PreflightReport, paint: Paint): string {
  const asked = countText(steps.length, 'step');
  if (verdict === 'refused') return paint.red('Not now: a person has to mend something first.');
  if (verdict === 'wait') return paint.yellow('Not now: somebody is in the way.');
  if (steps.length > 0) return paint.green(`The way is clear for ${asked}, at this moment.`);
  return gate === null ? paint.green('There is nothing to run.') : paint.yellow('Nothing can run before that gate.');
}

function styleOf(verdict: PreflightVerdict, paint: Paint): (text: string) => string {
  if (verdict === 'clear') return paint.green;
  return verdict === 'wait' ? paint.yellow : paint.red;
}
