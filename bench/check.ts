import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../src/model/error.ts';
import { makeHistory, makeLongFile } from './check/history.ts';
import { interruptible } from './interruptible.ts';
import { Console } from './report/console.ts';
import { replaceSection } from './report/replace-section.ts';
import { count, latency } from './report/words.ts';

/**
 * `npm run bench:check`: how long `check` takes beside squawk-cli, on the same files in one run: both as `npx` starts
 * them, in turn, round by round. Writes its section of `docs/benchmarks.md`; with `--trial` it only prints it.
 */
const FILES = 1000;
const LONG_FILE = 1_000_000;
const PAGE = 'docs/benchmarks.md';
/** squawk reads the long file for a minute or so. */
const LONG_ROUNDS = 1;

/** What is promised. */
const ONE_FILE_MS = 250;
const MANY_FILES_TIMES = 2;
const LONG_FILE_TIMES = 20;

const EVENKEEL = path.resolve('dist/cli/main.js');
const SQUAWK = path.resolve('node_modules/.bin/squawk');

interface Tool {
  readonly name: 'evenkeel' | 'squawk';
  words(input: Input, output: Output): readonly string[];
}

type Output = 'text' | 'json';

interface Input {
  readonly name: string;
  /** What each tool is given: the folder, or its files as a shell would list them. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly rounds: number;
}

interface Comparison {
  readonly input: Input;
  readonly output: Output;
  readonly evenkeelMs: number;
  readonly squawkMs: number;
}

const TOOLS: readonly [Tool, Tool] = [
  {
    name: 'evenkeel',
    words: ({ folder, files }, output) => [
      process.execPath,
      EVENKEEL,
      'check',
      files.length === 1 ? (files[0] ?? folder) : folder,
      ...(output === 'json' ? ['--format', 'json'] : []),
    ],
  },
  {
    name: 'squawk',
    words: ({ files }, output) => [SQUAWK, ...(output === 'json' ? ['--reporter', 'json'] : []), ...files],
  },
];

const out = new Console(process.stdout, process.env);

await interruptible(bench);

async function bench(signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '5' }, trial: { type: 'boolean', default: false } },
  });
  for (const [file, command] of [
    [EVENKEEL, 'npm run build'],
    [SQUAWK, 'npm ci'],
  ] as const) {
    if (!existsSync(file)) throw new UsageError(`There is no ${file}.`, { nextCommand: command });
  }
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'evenkeel-bench-'));
  try {
    const comparisons: Comparison[] = [];
    for (const input of await writeInputs(scratch, Number(values.rounds))) {
      for (const output of ['text', 'json'] as const) {
        const compared = await compare(input, output, signal);
        comparisons.push(compared);
        out.line(rowOf(compared).join('  '));
      }
    }
    const section = sectionOf(comparisons, Number(values.rounds));
    out.line();
    out.line(section);
    if (!values.trial) await writeFile(PAGE, replaceSection(await readFile(PAGE, 'utf8'), 'check', section));
    return comparisons.every(isKept) ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeInputs(scratch: string, rounds: number): Promise<readonly Input[]> {
  const history = makeHistory(FILES);
  const inputs = [
    { name: 'one file', files: history.slice(300, 301), rounds },
    { name: `${count(FILES)} files`, files: history, rounds },
    { name: 'one file of 1 MB', files: [{ name: '0000_long.sql', sql: makeLongFile(LONG_FILE) }], rounds: LONG_ROUNDS },
  ];
  return Promise.all(
    inputs.map(async (input, at) => {
      const folder = path.join(scratch, String(at));
      await mkdir(folder);
      const files = input.files.map((file) => path.join(folder, file.name));
      await Promise.all(input.files.map((file, index) => writeFile(files[index] ?? '', file.sql)));
      return { ...input, folder, files };
    }),
  );
}

/** Both tools in turn, the other one first in every second round; what each wrote goes to a pipe and is read. */
async function compare(input: Input, output: Output, signal: AbortSignal): Promise<Comparison> {
  const times = { evenkeel: [] as number[], squawk: [] as number[] };
  for (let round = 0; round < input.rounds; round += 1) {
    const [first, second] = TOOLS;
    for (const tool of round % 2 === 0 ? [first, second] : [second, first]) {
      out.status(`  ${input.name}, ${output}: ${tool.name}, round ${round + 1} of ${input.rounds}`);
      times[tool.name].push(await timeOf(tool.words(input, output), signal));
    }
  }
  return { input, output, evenkeelMs: median(times.evenkeel), squawkMs: median(times.squawk) };
}

function timeOf([program = '', ...words]: readonly string[], signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], signal });
    for (const stream of [child.stdout, child.stderr]) stream.resume();
    child.on('error', reject);
    child.on('close', (code) => {
      // 1 says that there are findings.
      if (code === 0 || code === 1) resolve(performance.now() - startedMs);
      else reject(new UsageError(`${path.basename(program)} ended with ${code}.`));
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

function isKept({ input, evenkeelMs, squawkMs }: Comparison): boolean {
  if (input.files.length > 1) return evenkeelMs <= MANY_FILES_TIMES * squawkMs;
  return input.rounds === LONG_ROUNDS && input.name.includes('MB')
    ? LONG_FILE_TIMES * evenkeelMs <= squawkMs
    : evenkeelMs <= ONE_FILE_MS;
}

function promiseOf({ input }: Comparison): string {
  if (input.files.length > 1) return `at most ${MANY_FILES_TIMES} times squawk's time`;
  return input.name.includes('MB') ? `at least ${LONG_FILE_TIMES} times as fast` : `at most ${ONE_FILE_MS} ms`;
}

function rowOf(compared: Comparison): readonly string[] {
  const { input, output, evenkeelMs, squawkMs } = compared;
  const ratio = evenkeelMs / squawkMs;
  const words = ratio >= 0.1 ? `${ratio.toFixed(2)}` : `1 / ${(squawkMs / evenkeelMs).toFixed(0)}`;
  return [
    input.name,
    output,
    latency(evenkeelMs),
    latency(squawkMs),
    words,
    `${promiseOf(compared)}: **${isKept(compared) ? 'kept' : 'broken'}**`,
  ];
}

function sectionOf(comparisons: readonly Comparison[], rounds: number): string {
  const head = ['input', 'output', 'Evenkeel', 'squawk', 'ratio', 'target'];
  const rows = [head, ['---', '---', '---:', '---:', '---:', '---'], ...comparisons.map(rowOf)];
  const [load = 0] = os.loadavg();
  return `## Check, beside squawk

The wall time of the whole command, as it is started from \`node_modules/.bin\`. The ratio is Evenkeel's time over squawk's.

${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

Medians of ${rounds} rounds in turn (${LONG_ROUNDS} for the long file), squawk-cli 2.66.0 with its defaults, Node.js ${process.versions.node} on ${os.availableParallelism()}
cores with a load of ${load.toFixed(1)} at the end. The files are the made-up history of a service (\`bench/check/history.ts\`):
about 12 statements a file and 300 tables. Evenkeel replays it, so that each statement is judged on the schema that it
meets; squawk judges each file alone. Measure it again: \`npm run bench:check\`.`;
}
