import { readFileSync } from 'node:fs';
import {
  abandon,
  apply,
  backfills,
  check,
  doctor,
  explain,
  listRecipes,
  listRules,
  loadConfig,
  makePlan,
  preflight,
  readRecipePage,
  readRulePage,
  replay,
  resolve,
  resume,
  status,
  takeSnapshot,
  watch,
  writeBaseline,
} from '../index.ts';
import type { CliContext, OutputStream } from './context.ts';
import { runCli } from './run-cli.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  // Somebody who closes the pipe (`| head`) does not want to read on; a run must not die of that half-way.
  stream.on('error', () => undefined);
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
    get rows() {
      return stream.rows ?? 24;
    },
  };
}

const context: CliContext = {
  version: JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
  stdout: outputStream(process.stdout),
  stderr: outputStream(process.stderr),
  env: process.env,
  cwd: process.cwd(),
  now: () => performance.now(),
  onInterrupt: (listener) => {
    for (const signal of SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    };
  },
  exitNow: (exitCode) => process.exit(exitCode),
};

/** Runs the command line of this process. */
export async function start(): Promise<void> {
  process.exitCode = await runCli(process.argv.slice(2), context, {
    abandon,
    apply,
    backfills,
    check,
    doctor,
    explain,
    listRecipes,
    listRules,
    loadConfig,
    makePlan,
    preflight,
    readRecipePage,
    readRulePage,
    replay,
    status,
    resolve,
    resume,
    takeSnapshot,
    watch,
    writeBaseline,
  });
}
