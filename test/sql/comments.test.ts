import { beforeAll, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { scanComments } from '../../src/sql/postgres/token.ts';

beforeAll(() => loadParser());

test('comments come with their signs and their places, in UTF-16 offsets', () => {
  const sql = "SELECT 'é😀' -- ü one\r\n, 2 /* two /* nested */ */;--three";
  const comments = scanComments(sql);
  expect(comments.map(({ text }) => text)).toEqual(['-- ü one', '/* two /* nested */ */', '--three']);
  for (const { text, start, end } of comments) expect(sql.slice(start, end)).toBe(text);
});

test('what stands in strings, names and bodies is no comment', () => {
  const sql = `SELECT '-- a', E'\\'-- b', "-- c", $$-- d$$, $x$/* e */$x$, U&'-- f', 1 - -1, 'a''-- g'`;
  expect(scanComments(sql)).toEqual([]);
});
