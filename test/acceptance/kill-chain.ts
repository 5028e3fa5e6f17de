import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CliResult, evenkeel } from './evenkeel-cli.ts';

export interface KillChain {
  /** Runs of `apply` that died, and the places they died at, in order. */
  readonly kills: readonly string[];
  /** Every place that any run passed. */
  readonly passed: ReadonlySet<string>;
  /** The run that came through. */
  readonly last: CliResult;
}

/** Applies once, undisturbed, and tells every failpoint that it passes, in order. */
export async function listFailpoints(words: readonly string[], url: string): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const log = path.join(folder, 'passed');
    const result = await evenkeel(words, { url, env: { EVENKEEL_FAILPOINT_LOG: log } });
    if (result.exitCode !== 0) throw new Error(`the undisturbed run ended with ${result.exitCode}:\n${result.stderr}`);
    return readLines(log);
  });
}

/**
 * Applies again and again on one database. Every run is killed (SIGKILL, by itself) at the first failpoint that no
 * earlier run died at, until one comes through.
 *
 * @param spared Failpoints to live through; another chain has them.
 */
export async function killAgainAndAgain(
  words: readonly string[],
  url: string,
  spared: readonly string[] = [],
): Promise<KillChain> {
  return inFolder(async (folder) => {
    const log = path.join(folder, 'passed');
    const done = path.join(folder, 'done');
    writeFileSync(log, '');
    writeFileSync(done, '');
    appendFileSync(done, spared.map((name) => `${name}\n`).join(''));
    const env = { EVENKEEL_FAILPOINT: `@${done}:kill`, EVENKEEL_FAILPOINT_LOG: log };
    for (;;) {
      const last = await evenkeel(words, { url, env });
      if (last.signal === 'SIGKILL') continue;
      return { kills: readLines(done).slice(spared.length), passed: new Set(readLines(log)), last };
    }
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-kill-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readLines(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}
