import type { Expected } from '../fault.ts';
import type { SceneRun } from '../scene.ts';
import { SECRET } from '../servers/fault-server.ts';

const RESUMABLE = 3;
const INTERRUPTED = 130;

/** What an ending is called: `0`, `3`, `SIGKILL`, `stuck`. */
export function endingOf(run: SceneRun): string {
  if (run === null) return 'stuck';
  return run.signal ?? String(run.exitCode);
}

/** Whether the runs that met the fault ended and spoke as promised. */
export function judgeFaultedRuns(runs: readonly SceneRun[], expected: Expected): readonly string[] {
  const wrong: string[] = [];
  const allowed = expected.endings.map(String);
  for (const run of runs) {
    const ending = endingOf(run);
    if (ending !== 'stuck' && !allowed.includes(ending)) {
      wrong.push(`a run ended with ${ending}, not ${allowed.join(' or ')}: ${lastWords(run)}`);
    }
    wrong.push(...judgeOutput(run));
  }
  const { says } = expected;
  if (says !== undefined && !runs.some((run) => run !== null && says.test(run.output))) {
    wrong.push(`no run said ${says}: ${runs.map(lastWords).join(' / ')}`);
  }
  return wrong;
}

/** Whether a run that goes on after the fault ended well, or in a way that lets the next go on. */
export function judgeResumingRun(run: SceneRun): readonly string[] {
  const ending = endingOf(run);
  const isFine = ending === '0' || ending === String(RESUMABLE);
  const wrong = isFine ? [] : [`a run after the fault ended with ${ending}: ${lastWords(run)}`];
  return [...wrong, ...judgeOutput(run)];
}

function judgeOutput(run: SceneRun): readonly string[] {
  if (run === null) return [];
  const wrong: string[] = [];
  const { exitCode, output } = run;
  if (exitCode !== null && exitCode !== 0 && exitCode !== INTERRUPTED && !/^Next: \S/m.test(output)) {
    wrong.push(`exit code ${exitCode} without a next command: ${lastWords(run)}`);
  }
  if (output.includes(SECRET)) wrong.push('the password stands in the output');
  if (/fault of Evenkeel itself/.test(output)) wrong.push(`it blames itself: ${lastWords(run)}`);
  return wrong;
}

/** The sentence that a run ended with. */
export function lastWords(run: SceneRun): string {
  if (run === null) return 'stuck';
  const lines = run.output.trim().split('\n');
  const telling = lines.filter((line) => /^(error|Stopped|Done|Step|Nothing|The )/.test(line));
  return (telling.at(-2) ?? telling.at(-1) ?? lines.at(-1) ?? '').slice(0, 300);
}
