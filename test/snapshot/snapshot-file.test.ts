import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { snapshotSchema } from '../../scripts/snapshot-schema.ts';
import { EvenkeelError, SourceError } from '../../src/model/error.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { check } from '../../src/pipeline/check.ts';
import { measuredCatalog } from '../../src/snapshot/measured-catalog.ts';
import { parseSnapshot } from '../../src/snapshot/parse-snapshot.ts';
import { snapshotJson } from '../../src/snapshot/snapshot-json.ts';
import { withoutSecrets } from '../../src/snapshot/without-secrets.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { makeSnapshot } from './make-snapshot.ts';

let snapshot: Snapshot;
beforeAll(async () => {
  await loadParser();
  snapshot = makeSnapshot(
    `CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
     CREATE TABLE users (id int PRIMARY KEY, name short CHECK (name <> ''), mood mood DEFAULT 'sad');
     CREATE INDEX ON users (lower(name)) WHERE id > 0;
     CREATE TABLE orders (id serial PRIMARY KEY, user_id int REFERENCES users);
     CREATE VIEW names AS SELECT name FROM users; CREATE PUBLICATION p FOR TABLE users;`,
    { 'public.users': { rows: 5, bytes: 8192, sampled: { scans: 1, inserts: 0, changes: 0.5 } } },
  );
});

function refusal(text: string): SourceError {
  try {
    parseSnapshot(text, 'prod.json');
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new TypeError('nothing was refused');
}

describe('the file', () => {
  test('has sorted keys whatever their order was, and comes back as it was', () => {
    const reversed = Object.fromEntries(Object.entries(snapshot).reverse()) as unknown as Snapshot;
    const text = snapshotJson(snapshot);
    expect(snapshotJson(reversed)).toBe(text);
    expect(parseSnapshot(text, 'prod.json')).toEqual(JSON.parse(JSON.stringify(snapshot)));
    expect(text.split('\n').every((line) => line.length <= 120 || line.includes('"'))).toBe(true);
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('any JSON is written so that it reads back the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = snapshotJson(value as unknown as Snapshot);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('may have a byte order mark and CRLF', () => {
    const text = `\uFEFF${snapshotJson(snapshot).replaceAll('\n', '\r\n')}`;
    expect(parseSnapshot(text, 'prod.json').timeZone).toBe('Europe/Berlin');
  });

  test('the published schema is what is read', () => {
    expect(JSON.parse(readFileSync('docs/schemas/snapshot.json', 'utf8'))).toEqual(JSON.parse(snapshotSchema()));
  });
});

describe('what is no snapshot is refused in one sentence', () => {
  const changed = (change: (value: Record<string, never>) => void): string => {
    const value = JSON.parse(snapshotJson(snapshot));
    change(value);
    return JSON.stringify(value);
  };

  test.each([
    ['', /^prod\.json is not JSON: /],
    ['{"version": 1', /^prod\.json is not JSON: /],
    ['[]', /^prod\.json is no snapshot: it has no version or no catalog\.$/],
    ['{"name": "evenkeel", "version": "1.0.0"}', /^prod\.json is no snapshot/],
    ['null', /^prod\.json is no snapshot/],
  ])('%j', (text, message) => {
    expect(refusal(text).message).toMatch(message);
    expect(refusal(text)).toMatchObject({ exitCode: 2, nextCommand: expect.stringContaining('evenkeel snapshot') });
  });

  test('one of a later release says which', () => {
    const { message, nextCommand } = refusal(changed((value) => Object.assign(value, { version: 2 })));
    expect(message).toBe('prod.json is a snapshot of version 2, and this Evenkeel reads up to version 1.');
    expect(nextCommand).toBe('npm install evenkeel@latest');
  });

  test('damage is told by its place', () => {
    const damaged = (change: (value: Record<string, never>) => void): string => refusal(changed(change)).message;
    expect(damaged((value) => Object.assign(value, { timeZone: 5 }))).toBe(
      'prod.json is damaged: timeZone is no text.',
    );
    expect(damaged((value) => Object.assign(usersIn(value), { columns: {} }))).toBe(
      'prod.json is damaged: catalog.relations["public.users"].columns is no list.',
    );
    expect(damaged((value) => Object.assign(usersIn(value), { kind: 'x' }))).toBe(
      'prod.json is damaged: catalog.relations["public.users"].kind is none of table, view, materialized-view, sequence.',
    );
    expect(damaged((value) => Object.assign(value, { calibration: { scanMbPerSecond: 0 } }))).toBe(
      'prod.json is damaged: calibration.scanMbPerSecond is less than 0.001.',
    );
    expect(damaged((value) => Object.assign(value, { calibration: { scanMbPerSec: 10 } }))).toBe(
      'calibration.scanMbPerSec in prod.json is no rate; known are scanMbPerSecond, rewriteMbPerSecond, indexRowsPerSecond.',
    );
  });

  test('keys that a later release has added are let through', () => {
    const text = changed((value) => Object.assign(value, { weather: 'fine' }));
    expect(parseSnapshot(text, 'prod.json').version).toBe(1);
  });

  test('whatever is broken in it is refused, or does no harm', () => {
    const sql =
      'ALTER TABLE users ALTER COLUMN name TYPE text; DROP TABLE orders; ALTER TABLE users ALTER mood SET NOT NULL;';
    const migration = {
      id: 'x',
      path: 'x.sql',
      sql,
      checksum: '',
      format: 'sql',
      transaction: 'statement',
      foreignLedgerRow: null,
    } as const;
    const statements = parseStatements(sql, 'x.sql');
    const places = placesIn(JSON.parse(snapshotJson(snapshot)));
    fc.assert(
      fc.property(fc.nat(places.length - 1), fc.jsonValue(), fc.boolean(), (at, junk, isGone) => {
        const value = JSON.parse(snapshotJson(snapshot));
        replaceAt(value, places[at] ?? [], isGone ? undefined : junk);
        try {
          const read = parseSnapshot(JSON.stringify(value), 'prod.json');
          const catalog = measuredCatalog(read.catalog, read.relations, true);
          const version = { engine: 'postgresql', major: 16 } as const;
          const given = {
            migrations: [{ migration, statements }],
            catalog,
            version,
            timeZone: null,
            catalogIsComplete: true,
          };
          check({ ...given, context: '', planCommand: '' });
        } catch (error) {
          expect(error).toBeInstanceOf(EvenkeelError);
        }
      }),
      { numRuns: 400 },
    );
  });
});

function usersIn(value: unknown): object {
  return (value as Snapshot).catalog.relations['public.users'] ?? {};
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, one]) => placesIn(one, [...at, name]))].filter(
    (place) => place.length > 0,
  );
}

function replaceAt(value: Record<string, unknown>, place: Place, by: unknown): void {
  const [first, ...rest] = place;
  if (first === undefined) return;
  if (rest.length > 0) replaceAt(value[first] as Record<string, unknown>, rest, by);
  else if (by === undefined) delete value[first];
  else value[first] = by;
}

test.each([
  ["dblink('host=b password=hunter2 user=me')", "dblink('host=b password=*** user=me')"],
  ["dblink('password=''hunter 2'' host=b')", "dblink('password=*** host=b')"],
  ['postgresql://me:hunter2@db/shop', 'postgresql://me:***@db/shop'],
  ["CREATE USER MAPPING OPTIONS (password 'hunter2')", "CREATE USER MAPPING OPTIONS (password '***')"],
  ['https://example.com/a@b', 'https://example.com/a@b'],
  ["new.password <> ''", "new.password <> ''"],
  ['UPDATE users SET password = NEW.hash', 'UPDATE users SET password = NEW.hash'],
  ['SELECT password FROM users', 'SELECT password FROM users'],
])('passwords are taken out of %s', (text, expected) => {
  expect(withoutSecrets({ a: [text] })).toEqual({ a: [expected] });
});
