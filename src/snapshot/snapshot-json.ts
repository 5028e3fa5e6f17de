import type { Snapshot } from '../model/snapshot.ts';

/** What fits into a line is not spread over several. */
const LINE_WIDTH = 120;

/**
 * A snapshot as text: keys sorted, two spaces, a line where a line is enough, a newline at the end. Equal snapshots are
 * equal texts.
 */
export function snapshotJson(snapshot: Snapshot): string {
  return `${lines(snapshot, '', 0).text}\n`;
}

/** `text` holds line breaks exactly when the value did not fit into what was left of its line. */
interface Written {
  readonly text: string;
  readonly isOneLine: boolean;
}

function lines(value: unknown, indent: string, usedWidth: number): Written {
  if (typeof value !== 'object' || value === null) return { text: JSON.stringify(value), isOneLine: true };
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = isList
    ? value.map((one) => ({ label: '', ...lines(one, inner, 0) }))
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, one]) => {
          const label = `${JSON.stringify(name)}: `;
          return { label, ...lines(one, inner, label.length) };
        });
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (members.length === 0) return { text: `${open}${close}`, isOneLine: true };
  if (members.every((one) => one.isOneLine)) {
    const text = members.map((one) => one.label + one.text).join(', ');
    const line = isList ? `[${text}]` : `{ ${text} }`;
    if (indent.length + usedWidth + line.length < LINE_WIDTH) return { text: line, isOneLine: true };
  }
  const body = members.map((one) => `${inner}${one.label}${one.text}`).join(',\n');
  return { text: `${open}\n${body}\n${indent}${close}`, isOneLine: false };
}
