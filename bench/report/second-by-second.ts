import type { LoadSecond } from '../load/load-report.ts';
import type { Paint } from './console.ts';
import type { NamedResult } from './side-by-side.ts';

const SLOW_MS = 50;

/** One character a second: `·` fine, `▒` slow, `█` with failed requests. */
export function secondBySecond(runs: readonly NamedResult[], paint: Paint): readonly string[] {
  const width = Math.max(...runs.map(({ name }) => name.length)) + 2;
  const longest = Math.max(...runs.map(({ result }) => result.load.seconds.length));
  const rows = runs.map(({ name, result }) => {
    const strip = result.load.seconds.map((second) => mark(second, paint)).join('');
    return `  ${name.padEnd(width)}${strip}`;
  });
  const legend = `${' '.repeat(width + 2)}${paint.green('·')} fine   ${paint.yellow('▒')} slow (p99 > 50 ms)   ${paint.red('█')} requests failed`;
  return [`  ${'second'.padEnd(width)}${ruler(longest)}`, ...rows, legend];
}

function mark(second: LoadSecond, paint: Paint): string {
  if (second.failed > 0) return paint.red('█');
  return second.p99Ms > SLOW_MS ? paint.yellow('▒') : paint.green('·');
}

/** `0    5    10   15` */
function ruler(length: number): string {
  let text = '';
  for (let second = 0; second < length; second += 5) text = text.padEnd(second) + String(second);
  return text;
}
