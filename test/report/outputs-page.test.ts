import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outputsPage } from '../../scripts/outputs-page.ts';

test('the page of outputs shows what is really printed (else: npm run write:outputs)', async () => {
  expect(readFileSync('docs/outputs.md', 'utf8')).toBe(await outputsPage());
});
