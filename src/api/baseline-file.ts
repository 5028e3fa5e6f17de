import { readFile, writeFile } from 'node:fs/promises';
import { SourceError } from '../model/error.ts';
import type { CheckReport } from '../model/report.ts';
import type { Baseline } from '../pipeline/baseline.ts';

/** One accepted finding: the fingerprint counts, the rest is for whoever reads the file. */
interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  readonly path: string;
  readonly title: string;
}

/**
 * Reads the findings that somebody has accepted as they are.
 *
 * @throws SourceError when the file is not there or is no baseline.
 */
export async function readBaseline(file: string): Promise<Baseline> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SourceError(`The baseline ${file} cannot be read.`, {
      cause,
      nextCommand: `write it with evenkeel check --write-baseline ${file}`,
    });
  });
  return { path: file, fingerprints: new Set(fingerprintsIn(text, file)) };
}

/**
 * Writes the findings of a report as a baseline: sorted and without lines, so that it only changes when they do. What
 * an earlier baseline accepts stays in it; what a comment accepts needs no entry.
 *
 * @returns how many findings it accepts.
 * @throws SourceError when the file cannot be written.
 */
export async function writeBaseline(file: string, report: CheckReport): Promise<number> {
  const known = report.suppressed.filter(({ by }) => by.kind === 'baseline').map(({ finding }) => finding);
  const entries = [...report.findings, ...known].map(({ fingerprint, rule, path, title }): BaselineEntry => {
    const inRepository = report.files.find((one) => one.path === path)?.repositoryPath ?? path;
    return { fingerprint, rule, path: inRepository, title };
  });
  const sorted = entries.sort((a, b) => compare(keyOf(a), keyOf(b)));
  try {
    await writeFile(file, `${JSON.stringify({ version: 1, findings: sorted }, null, 2)}\n`);
  } catch (cause) {
    throw new SourceError(`The baseline ${file} cannot be written.`, { cause, nextCommand: `ls -ld ${file}` });
  }
  return sorted.length;
}

function keyOf({ path, rule, fingerprint }: BaselineEntry): string {
  return `${path}\0${rule}\0${fingerprint}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function fingerprintsIn(text: string, file: string): readonly string[] {
  const value = parseJson(text, file);
  if (!isRecord(value) || !Array.isArray(value['findings'])) throw noBaseline(file, 'it has no list of findings');
  if (value['version'] !== 1) {
    throw noBaseline(file, `its version is ${JSON.stringify(value['version'])}, and this Evenkeel reads version 1`);
  }
  return value['findings'].map((entry: unknown, index) => {
    if (isRecord(entry) && typeof entry['fingerprint'] === 'string') return entry['fingerprint'];
    throw noBaseline(file, `its entry ${index} has no fingerprint`);
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw noBaseline(file, 'it is not JSON', cause);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function noBaseline(file: string, reason: string, cause?: unknown): SourceError {
  return new SourceError(`${file} is no baseline of Evenkeel: ${reason}.`, {
    cause,
    nextCommand: `evenkeel check --write-baseline ${file}`,
  });
}
