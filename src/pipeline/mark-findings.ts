import { createHash } from 'node:crypto';
import type { UnmarkedFinding } from '../lint/lint-statement.ts';
import type { Finding } from '../model/finding.ts';
import { blankComments } from '../sql/postgres/token.ts';

/**
 * Gives the findings of one file their fingerprints: rule, path in the repository, the statement's words and the ordinal
 * among equal ones, so that moved lines, other spaces and other comments change nothing.
 *
 * @param findings in the order of the file.
 */
export function markFindings(findings: readonly UnmarkedFinding[], repositoryPath: string): readonly Finding[] {
  const seen = new Map<string, number>();
  let [sql, words] = ['', ''];
  return findings.map((finding) => {
    // Findings of one statement stand together.
    if (finding.sql !== sql) [sql, words] = [finding.sql, wordsOf(finding.sql)];
    const key = JSON.stringify([finding.rule, repositoryPath, words]);
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return { ...finding, fingerprint: sha256(`${key} ${ordinal}`) };
  });
}

/** sha256 as hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function wordsOf(sql: string): string {
  const isComment = sql.startsWith('--') || sql.startsWith('/*');
  const bare = !isComment && /--|\/\*/.test(sql) ? blankComments(sql) : sql;
  return bare.replaceAll(/\s+/g, ' ').trim();
}
