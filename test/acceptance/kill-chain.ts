import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CliResult, evenkeel } from './evenkeel-cli.ts';

export interface KillChain {
  /** The places that runs of `apply` died at, in order. */
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
    appendFileSync(log, '');
    appendFileSync(done, spared.map((name) => `${name}\n`).join(''));
    const env = { EVENKEEL_FAILPOINT: `@${done}:kill`, EVENKEEL_FAILPOINT_LOG: log };
    for (;;) {
      const before = readLines(done).length;
      const last = await evenkeel(words, { url, env });
      // Whoever died at no failpoint was killed by somebody else.
      if (last.signal === 'SIGKILL' && readLines(done).length === before + 1) continue;
      return { kills: readLines(done).slice(spared.length), passed: new Set(readLines(log)), last };
    }
  });
}

/**
 * Chain after chain, each on a database of its own, until a run has died at every one of the failpoints. One chain is
 * not enough: of the places behind the COMMIT of a step a database passes only one, since the next run has nothing
 * left to do there.
 *
 * @param chain Makes a database, calls `killAgainAndAgain` on it with these failpoints spared, and judges what came out.
 * @returns How many chains and kills that took.
 */
export async function killEverywhere(
  failpoints: readonly string[],
  spared: readonly string[],
  chain: (spared: readonly string[]) => Promise<readonly string[]>,
): Promise<{ readonly chains: number; readonly kills: readonly string[]; readonly neverReached: readonly string[] }> {
  const kills: string[] = [];
  for (let chains = 1; ; chains += 1) {
    const more = await chain([...spared, ...kills]);
    kills.push(...more);
    const neverReached = failpoints.filter((name) => !kills.includes(name));
    if (neverReached.length === 0 || !more.some((name) => failpoints.includes(name))) {
      return { chains, kills, neverReached };
    }
  }
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
