import path from 'node:path';
import type { Severity } from '../../src/model/finding.ts';
import type { Paint } from './console.ts';
import { wrap } from './wrap.ts';

/** The part of `check --format json` that is told here. */
export interface CheckAnswer {
  readonly findings: readonly {
    readonly severity: Severity;
    readonly path: string;
    readonly line: number;
    readonly title: string;
    readonly consequence: string;
  }[];
}

/** Findings in a few lines each; the whole text is one command away. */
export function checkSummary(answer: CheckAnswer, paint: Paint): readonly string[] {
  if (answer.findings.length === 0) return ['  nothing to say against these files'];
  return answer.findings.flatMap((finding) => {
    const colour = finding.severity === 'error' ? paint.red : paint.yellow;
    const where = `${path.basename(finding.path)}:${finding.line}`;
    return [
      `  ${colour(finding.severity)}  ${paint.bold(where)}`,
      ...wrap(finding.title, 92).map((line) => `    ${line}`),
      ...wrap(finding.consequence, 92).map((line) => paint.dim(`    ${line}`)),
    ];
  });
}
