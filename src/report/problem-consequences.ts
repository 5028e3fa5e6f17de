import type { InputProblem } from '../model/input-problem.ts';

/** What it means that a file could not be read, one sentence each. */
export function problemConsequences(problem: InputProblem): readonly string[] {
  const left = 'Nothing in this file is judged, and the files after it are judged without what it does.';
  // Where the parser knows better (psql, COPY, quotes), its message says so.
  if (!problem.message.startsWith('syntax error')) return [left];
  return [left, 'Evenkeel reads SQL as PostgreSQL 18 does; what only a later version knows is beyond it.'];
}
