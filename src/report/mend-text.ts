import type { AbandonReport, DoneStep, ResolvedStep, ResolveReport } from '../model/mend-report.ts';
import type { Paint } from './paint.ts';
import { printableText } from './printable-text.ts';
import { labelled } from './wrap-text.ts';

const INDENT = '    ';
const LABEL_WIDTH = 8;
const OUTCOME_WIDTH = 9;

/** Which steps are marked now, and what the server said of each. */
export function resolveText(report: ResolveReport, paint: Paint): string {
  const { database, migration, steps, applied, nextCommand } = report;
  const lines = steps.map((step) => resolvedText(step, paint));
  const last = [
    applied ? `${printableText(migration)} is applied now.` : `${printableText(migration)} is not through yet.`,
  ];
  if (nextCommand !== null) last.push(`Next: ${paint.cyan(printableText(nextCommand))}`);
  const blocks = [
    `Database ${paint.bold(printableText(database))}`,
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    last.join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function resolvedText({ step, outcome, said }: ResolvedStep, paint: Paint): string {
  const style = outcome === 'marked' ? paint.green : outcome === 'refused' ? paint.red : paint.yellow;
  return `  ${style(outcome.padEnd(OUTCOME_WIDTH))}${printableText(step)}\n${labelled('because', printableText(said), INDENT, LABEL_WIDTH + 1)}`;
}

/** What a migration that is given up has done, what stays of it, and what of it was cleared away. */
export function abandonText(report: AbandonReport, paint: Paint): string {
  const { database, migration, path, done, cleared, isAbandoned, nextCommand } = report;
  const head = `Database ${paint.bold(printableText(database))}`;
  const stays =
    done.length === 0
      ? ['Nothing of it was done, so nothing stays.']
      : [
          'What it did stays as it is. Where a step can be taken back, this is how, from the top; what was written since into what an undo drops is lost with it:',
          ...done.map((step) => doneText(step, paint)),
        ];
  const gone =
    cleared.length === 0
      ? []
      : [
          [
            isAbandoned ? 'Cleared away, as nothing but this migration needed it:' : 'To be cleared away:',
            ...cleared.map((sentence) => `  ${printableText(sentence)}`),
          ].join('\n'),
        ];
  const last = isAbandoned
    ? [
        `${printableText(migration)} is given up. Mend ${printableText(path)} and apply it anew, or remove the file. To take steps back, put their SQL into a migration: apply then guards it.`,
      ]
    : [`${printableText(migration)} is not given up yet: what is to be cleared away was not.`];
  if (nextCommand !== null) last.push(`Next: ${paint.cyan(printableText(nextCommand))}`);
  return `${[head, stays.join('\n'), ...gone, last.join('\n')].join('\n\n')}\n`;
}

function doneText({ step, state, why, undo }: DoneStep, paint: Paint): string {
  const head = `  ${paint.dim(state.padEnd(OUTCOME_WIDTH))}${printableText(step)}`;
  const way =
    undo === null
      ? [labelled('undo', state === 'passed' ? 'a gate has none' : 'none that loses nothing', INDENT, LABEL_WIDTH)]
      : undo.map((sql) => labelled('undo', printableText(sql), INDENT, LABEL_WIDTH));
  return [head, labelled('why', printableText(why), INDENT, LABEL_WIDTH), ...way].join('\n');
}
