import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const spec = readFileSync(path.join(root, 'docs/SPEC.md'), 'utf8');

function testSources(): string {
  const folders = ['test/run', 'test/backfill', 'test/db'];
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((file) => path.join(folder, file)),
  );
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .join('\n');
}

test('every test that docs/SPEC.md names is there', () => {
  const sources = testSources();
  const named = [...spec.matchAll(/`([^`\n]+)…`/g)].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(30);
  for (const name of named) expect(sources, name).toContain(name);
});

test('every invariant names a test, and every file it names is there', () => {
  const rows = spec.split('\n').filter((line) => /^\| [ILXBR]\d+ \|/.test(line));
  expect(rows.length).toBeGreaterThan(40);
  for (const row of rows) expect(row.split('|')[3], row).toMatch(/`.+`/);
  for (const [, file] of spec.matchAll(/`((?:src|test)\/[^`]+\.ts)`/g)) {
    expect(existsSync(path.join(root, file ?? '')), file).toBe(true);
  }
});
