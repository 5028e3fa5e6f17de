import type { Finding, SuppressedFinding } from '../model/finding.ts';
import type { CheckReport } from '../model/report.ts';

/** Findings that somebody has accepted as they are, by their fingerprints. */
export interface Baseline {
  /** Where it was read from. */
  readonly path: string;
  readonly fingerprints: ReadonlySet<string>;
}

export interface BaselineComparison {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly baseline: CheckReport['baseline'];
}

/** Takes the findings out that the baseline has, and counts the entries that match nothing any more. */
export function compareWithBaseline(findings: readonly Finding[], baseline: Baseline | null): BaselineComparison {
  if (baseline === null) return { findings, suppressed: [], baseline: null };
  const { path, fingerprints } = baseline;
  const old = findings.filter(({ fingerprint }) => fingerprints.has(fingerprint));
  return {
    findings: findings.filter(({ fingerprint }) => !fingerprints.has(fingerprint)),
    suppressed: old.map((finding) => ({ finding, by: { kind: 'baseline', path } })),
    baseline: { path, stale: fingerprints.size - old.length },
  };
}
