import { expect, it } from 'vitest';
import { compareNaturally } from '../../src/source/natural-order.ts';
import { followingNames } from '../../src/write/file-names.ts';

it.each([
  ['0002_total', ['0003_total_copy', '0004_total_swap']],
  ['9-total', ['10-total-copy', '11-total-swap']],
  ['20240131235959_total', ['20240201000000_total_copy', '20240201000001_total_swap']],
  ['1767603600000_total', ['1767603600001_total_copy', '1767603600002_total_swap']],
  ['V2__total', ['V3__total_copy', 'V4__total_swap']],
  ['total', ['total_2_copy', 'total_3_swap']],
  ['2024-01-31-total', ['2024-01-31-total_2_copy', '2024-01-31-total_3_swap']],
  ['0002', ['0003_copy', '0004_swap']],
])('%s is followed by %j', (name, expected) => {
  const names = followingNames(name, ['copy', 'swap'], ['0001_first', name]);
  expect(names).toEqual(expected);
  const files = [name, ...expected].map((one) => `${one}.sql`);
  expect([...files].sort(compareNaturally)).toEqual(files);
});

it.each([
  ['0002_total', ['0003_later']],
  ['0002_total', ['0004_later', '0001_first']],
  ['20240131235959_total', ['20240201000001_later']],
  ['total', ['total_1_later']],
])('%s has no room where %j stand', (name, taken) => {
  expect(followingNames(name, ['copy', 'swap'], taken)).toBeNull();
});

it('leaves newer ones alone that are far enough away', () => {
  expect(followingNames('20240131120000_total', ['copy'], ['20240131130000_later'])).toEqual([
    '20240131120001_total_copy',
  ]);
});
