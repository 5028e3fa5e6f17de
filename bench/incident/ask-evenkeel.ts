import { spawn } from 'node:child_process';
import { EVENKEEL } from './evenkeel-strategy.ts';

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Runs the built command line with these arguments and answers what it printed. */
export async function askEvenkeel(args: readonly string[], signal: AbortSignal): Promise<Answer> {
  const child = spawn(process.execPath, [EVENKEEL, ...args], { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  return { stdout, stderr, exitCode };
}
