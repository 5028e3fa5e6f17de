import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { MeasuredFile } from './measured-form.ts';

/** Where the data of a major is kept. */
export function measuredFileUrl(major: number): URL {
  return new URL(`../measured/postgresql-${major}.json`, import.meta.url);
}

/** The committed data of a major, or null when there is none. */
export function readMeasuredFile(major: number): MeasuredFile | null {
  const url = measuredFileUrl(major);
  return existsSync(url) ? (JSON.parse(readFileSync(url, 'utf8')) as MeasuredFile) : null;
}

/** Writes the data of a major over what was there. */
export function writeMeasuredFile(file: MeasuredFile): void {
  writeFileSync(measuredFileUrl(file.major), measuredFileText(file));
}

/** JSON with one line for every property of a form, so that a change shows as the lines that changed. */
export function measuredFileText(file: MeasuredFile): string {
  const forms = file.forms.map((form) => {
    const lines = Object.entries(form).map(
      ([name, value]) => `      ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
    );
    return `    {\n${lines.join(',\n')}\n    }`;
  });
  const head = { server: file.server, major: file.major, version: file.version };
  const headLines = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
  return `{\n${headLines.join('\n')}\n  "forms": [\n${forms.join(',\n')}\n  ]\n}\n`;
}
