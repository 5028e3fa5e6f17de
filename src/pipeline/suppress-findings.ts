import type { Finding, SuppressedFinding } from '../model/finding.ts';
import type { PlacedDirective } from './read-directives.ts';

export interface Suppression {
  readonly kept: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Rules that a comment names and that had nothing to say there. */
  readonly unused: readonly { readonly rule: string; readonly directive: PlacedDirective }[];
}

/** Takes the findings out that a comment of the file accepts, by the rule or by its group. */
export function suppressFindings(
  findings: readonly Finding[],
  directives: readonly PlacedDirective[],
  groupOf: (rule: string) => string | undefined,
): Suppression {
  const kept: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  const used = new Set<string>();
  for (const finding of findings) {
    const names = [finding.rule, groupOf(finding.rule)].filter((name) => name !== undefined);
    const found = directives.filter((one) => accepts(one, finding, names));
    for (const one of found) for (const name of names) used.add(keyOf(one, name));
    // The nearest comment says it best: one at the statement before one for the file.
    const best = found.find((one) => one.target !== null) ?? found[0];
    if (best === undefined) kept.push(finding);
    else {
      const { reason } = best.directive;
      suppressed.push({ finding, by: { kind: 'comment', reason, line: best.span.line } });
    }
  }
  const unused = directives.flatMap((directive) =>
    directive.directive.rules.filter((rule) => !used.has(keyOf(directive, rule))).map((rule) => ({ rule, directive })),
  );
  return { kept, suppressed, unused };
}

function accepts({ directive, target }: PlacedDirective, finding: Finding, names: readonly string[]): boolean {
  return (
    names.some((name) => directive.rules.includes(name)) && (target === null || target === finding.span.startOffset)
  );
}

function keyOf(directive: PlacedDirective, rule: string): string {
  return `${directive.span.startOffset} ${rule}`;
}
