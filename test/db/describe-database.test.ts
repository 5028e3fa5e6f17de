import { expect, test } from 'vitest';
import { describeDatabase } from '../../src/db/describe-database.ts';

test.each([
  ['postgresql://me:secret@db.example:5433/shop?sslmode=require', 'db.example:5433/shop'],
  ['postgres://me:se%40cret@db.example/shop', 'db.example:5432/shop'],
  ['postgresql:///shop?host=/run/postgresql', '/run/postgresql:5432/shop'],
  ['postgresql://me@localhost', 'localhost:5432/me'],
  ['not a url with secret', 'the database'],
])('%s is shown as %s', (url, shown) => {
  expect(describeDatabase(url)).toBe(shown);
});
