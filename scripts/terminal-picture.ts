import { readFileSync, writeFileSync } from 'node:fs';
import { terminalSvg } from './terminal-svg.ts';

/**
 * Draws what a command printed as an SVG: `FORCE_COLOR=1 npm run demo > out.txt`, then
 * `tsx scripts/terminal-picture.ts out.txt docs/demo.svg "1 of 2" "Why:"` for the lines from one text to another.
 */

const [source = '', target = '', from = '', to = ''] = process.argv.slice(2);
const all = readFileSync(source, 'utf8').split(/\r?\n/);
const first = Math.max(
  0,
  all.findIndex((line) => line.includes(from)),
);
const last = to === '' ? -1 : all.findIndex((line, at) => at > first && line.includes(to));
writeFileSync(target, terminalSvg(all.slice(first, last === -1 ? undefined : last), 'What npm run demo prints'));
