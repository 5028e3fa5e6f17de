import type { PlanReport } from '../model/report.ts';
import type { WrittenFile, WrittenPlan } from '../model/written-plan.ts';
import { fileDiff } from './file-diff.ts';
import type { Paint } from './paint.ts';
import { printableText } from './printable-text.ts';
import { proofText } from './proof-text.ts';
import { countText } from './quantity-text.ts';
import { labelled } from './wrap-text.ts';

/** What `plan --write` did, or would do: the diff, the files in order with what has to be deployed in between. */
export function writtenText(report: PlanReport, written: WrittenPlan, paint: Paint): string {
  const blocks = [
    ...written.files.map((file) => diffText(file, paint)).filter((text) => text !== ''),
    ...(report.proof === undefined ? [] : [proofText(report.proof, paint)]),
    [headOf(written, paint), ...written.files.flatMap((file) => fileLines(file, paint))].join('\n'),
    ...written.notes.map((note) => labelled('note', note, '', 6)),
    ...report.notes.map(({ path, line, note }) => labelled('note', `${path}:${line}: ${note}`, '', 6)),
    ...nextLines(written, paint),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function headOf({ files, isDone }: WrittenPlan, paint: Paint): string {
  if (files.length === 0) return paint.bold('There is nothing to write.');
  const steps = files.filter(({ step }) => step !== null).length;
  const made = `${countText(steps, 'step')} in ${countText(steps, 'file')}`;
  return paint.bold(isDone ? `Written: ${made}.` : `Not written yet: ${made}.`);
}

function fileLines({ path, action, step }: WrittenFile, paint: Paint): readonly string[] {
  const verb = (action === 'create' ? 'new' : 'changed').padEnd(8);
  if (step === null) return [`  ${verb}${path}`];
  const { deployBefore, deployAfter, phase, id } = step;
  return [
    ...deployBefore.map((deploy) => gateLine(deploy, paint)),
    `  ${verb}${path}  ${paint.dim(`${phase} ${id}`)}`,
    ...deployAfter.map((deploy) => gateLine(deploy, paint)),
  ];
}

function gateLine(deploy: string, paint: Paint): string {
  return paint.yellow(labelled('gate', deploy, '  ', 8));
}

/** What a tool keeps for itself is long, and says nothing to people. */
function diffText(file: WrittenFile, paint: Paint): string {
  if (file.step === null && file.action === 'create') return paint.dim(`new file ${file.path}`);
  const colours: Readonly<Record<string, (text: string) => string>> = {
    '+': paint.green,
    '-': paint.red,
    '@': paint.cyan,
  };
  return fileDiff(file)
    .map((line) => (colours[line.charAt(0)] ?? ((text: string) => text))(printableText(line)))
    .join('\n');
}

function nextLines({ isDone, superseded, nextCommand }: WrittenPlan, paint: Paint): readonly string[] {
  if (nextCommand === null) return [];
  const why = [
    ...(isDone ? [] : ['Files would change that are there already.']),
    ...(superseded.length > 0
      ? [`They take the place of ${superseded.join(', ')}, which must not be applied any more.`]
      : []),
  ].join(' ');
  return [`${why === '' ? '' : `${why} `}Next: ${paint.cyan(nextCommand)}`];
}
