import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactQuery } from '../../src/run/redact-query.ts';

test.each([
  ["UPDATE users SET mail = 'a@b.c' WHERE id = 7", 'UPDATE users SET mail = ? WHERE id = ?'],
  ['SELECT "Odd 1", col2, $1 FROM t1 WHERE x = 1.5e3 -- secret', 'SELECT "Odd 1", col2, $1 FROM t1 WHERE x = ?'],
  ["SELECT 'it''s', E'a\\'b', $$ body $$, $x$ 'q' $x$ /* secret */ , 9", 'SELECT ?, ?, ?, ? , ?'],
  ["INSERT INTO t VALUES ('cut off in the mid", 'INSERT INTO t VALUES (?'],
  ['SELECT   1\n\tFROM  a', 'SELECT ? FROM a'],
])('%s', (query, shown) => {
  expect(redactQuery(query)).toBe(shown);
});

test('nothing of a literal is ever shown, wherever the server cut the text', () => {
  const secret = fc.stringMatching(/^[xyz]{4,30}$/);
  fc.assert(
    fc.property(secret, fc.constantFrom("'", "E'", '$$', '$tag$'), fc.nat(200), (text, open, cut) => {
      const close = open === "E'" ? "'" : open;
      const query = `SELECT name FROM t WHERE name = ${open}${text}${close} AND id > 3`.slice(0, 33 + cut);
      expect(redactQuery(query)).not.toMatch(/[xyz]{2}/);
    }),
  );
});

test('no more than 200 characters are kept, and nothing stays nothing', () => {
  expect(redactQuery(`SELECT ${'a, '.repeat(400)}`)).toHaveLength(200);
  expect(redactQuery(null)).toBeNull();
});
