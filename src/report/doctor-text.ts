import type { CheckStatus, DoctorCheck, DoctorReport } from '../model/doctor-report.ts';
import type { Paint } from './paint.ts';
import { printableText } from './printable-text.ts';
import { labelled } from './wrap-text.ts';

const LABEL_WIDTH = 9;
const INDENT = '  ';
/** What is in order is told last, a line each. */
const LOUD: readonly CheckStatus[] = ['fail', 'warn', 'unknown'];

/** What was found on a server: what is wrong first, each with what to type; what is fine in a line each. */
export function doctorText(report: DoctorReport, paint: Paint): string {
  const head = [
    `Database ${paint.bold(printableText(report.database))} as role ${printableText(report.role)}`,
    printableText(report.server),
  ].join('\n');
  const loud = LOUD.flatMap((status) => report.checks.filter((check) => check.status === status));
  const quiet = report.checks.filter((check) => check.status === 'ok');
  const width = Math.max(0, ...quiet.map(({ id }) => id.length)) + 2;
  const blocks = [
    head,
    ...loud.map((check) => loudText(check, paint)),
    ...(quiet.length === 0
      ? []
      : [
          [
            paint.green('In order'),
            ...quiet.map(({ id, measured }) => labelled(id, printableText(measured), INDENT, width)),
          ].join('\n'),
        ]),
    summaryText(report.checks),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** A check that is not in order, in full. */
export function loudText({ id, status, measured, why, nextCommand }: DoctorCheck, paint: Paint): string {
  const lines = [
    `${statusStyle(status, paint)(status)}  ${paint.bold(id)}`,
    labelled('measured', printableText(measured), INDENT, LABEL_WIDTH),
    labelled('why', why, INDENT, LABEL_WIDTH),
  ];
  if (nextCommand !== null) {
    lines.push(`${INDENT}${'next'.padEnd(LABEL_WIDTH)}${paint.cyan(printableText(nextCommand))}`);
  }
  return lines.join('\n');
}

function statusStyle(status: CheckStatus, paint: Paint): (text: string) => string {
  if (status === 'fail') return paint.red;
  return status === 'warn' ? paint.yellow : paint.dim;
}

function summaryText(checks: readonly DoctorCheck[]): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  return `${count('fail')} failed, ${count('warn')} to look at, ${count('unknown')} not known, ${count('ok')} in order.`;
}
