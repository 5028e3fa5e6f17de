import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AnswerEnd } from '../../faults/proxy/answer-end.ts';
import { FrontendUnits } from '../../faults/proxy/frontend-units.ts';
import { TcpProxy } from '../../faults/proxy/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let direct: pg.Client;
let proxy: TcpProxy;

beforeEach(async () => {
  database = await createTestDatabase(18);
  direct = await database.client();
  await direct.query('CREATE TABLE notes (text text)');
  proxy = await TcpProxy.start(database.port);
});
afterEach(async () => {
  await proxy.stop();
  await database.drop();
});

/** A client that goes through the proxy. */
async function through(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url.replace(`:${database.port}/`, `:${proxy.port}/`) });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function notes(): Promise<readonly string[]> {
  const { rows } = await direct.query<{ text: string }>('SELECT text FROM notes ORDER BY text');
  return rows.map(({ text }) => text);
}

const AT_COMMIT = /COMMIT$/;
const WRITE = "BEGIN; INSERT INTO notes VALUES ('written'); COMMIT";

describe('a message in the middle of a connection', () => {
  test('without a rule everything passes, simple and extended, and COPY', async () => {
    const client = await through();
    await client.query(WRITE);
    const { rows } = await client.query<{ n: number }>('SELECT $1::int + 1 AS n', [41]);
    expect(rows).toEqual([{ n: 42 }]);
    expect(await notes()).toEqual(['written']);
    await client.end();
  });

  test('cut before: the server never sees it', async () => {
    const client = await through();
    const struck = proxy.arm({ moment: 'cut-before', matching: AT_COMMIT });
    await expect(client.query(WRITE)).rejects.toThrow(/terminated/);
    await struck;
    expect(await notes()).toEqual([]);
  });

  test('cut during: the client hears nothing, the server has committed', async () => {
    const client = await through();
    const struck = proxy.arm({ moment: 'cut-during', matching: AT_COMMIT });
    await expect(client.query(WRITE)).rejects.toThrow(/terminated/);
    await struck;
    expect(await notes()).toEqual(['written']);
  });

  test('cut after: the client has its answer, and the next query fails', async () => {
    const client = await through();
    const struck = proxy.arm({ moment: 'cut-after', matching: /note-\d/ });
    const { rows } = await client.query('SELECT $1::text AS text /* note-1 */', ['still here']);
    expect(rows).toEqual([{ text: 'still here' }]);
    await struck;
    await expect(client.query('SELECT 1')).rejects.toThrow(/terminated|not queryable|closed/);
  });

  test('half open: no answer and no end, on no connection that stood; new ones pass', async () => {
    const client = await through();
    const bystander = await through();
    const struck = proxy.arm({ moment: 'half-open', matching: AT_COMMIT });
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    client.query(WRITE).then(settle, settle);
    await struck;
    bystander.query('SELECT 1').then(settle, settle);
    const later = await through();
    // The server works on: the row is there, and only its answer is not.
    while ((await later.query('SELECT FROM notes')).rowCount === 0) await new Promise((go) => setTimeout(go, 10));
    expect(isSettled).toBe(false);
    proxy.cutAll();
    await expect(client.query('SELECT 1')).rejects.toThrow(/terminated|not queryable|closed/);
  });

  test('pass: it is told before the server has the message, and nothing is broken', async () => {
    const client = await through();
    let heard = false;
    proxy.onMessage({ moment: 'pass', matching: AT_COMMIT }, () => {
      heard = true;
    });
    await client.query('SELECT 1');
    expect(heard).toBe(false);
    await client.query(WRITE);
    expect(heard).toBe(true);
    expect(await notes()).toEqual(['written']);
    await client.end();
  });

  test('a rule strikes once', async () => {
    const first = await through();
    const second = await through();
    const struck = proxy.arm({ moment: 'cut-before', matching: AT_COMMIT });
    await expect(first.query(WRITE)).rejects.toThrow(/terminated/);
    await struck;
    await second.query(WRITE);
    expect(await notes()).toEqual(['written']);
  });

  test('retarget cuts what stands and sends the next to another server', async () => {
    const other = await createTestDatabase(15);
    try {
      const client = await through();
      proxy.retarget(other.port);
      await expect(client.query('SELECT 1')).rejects.toThrow(/terminated|not queryable|closed/);
      const next = new pg.Client({ connectionString: other.url.replace(`:${other.port}/`, `:${proxy.port}/`) });
      await next.connect();
      const { rows } = await next.query<{ v: string }>("SELECT current_setting('server_version_num') AS v");
      expect(rows[0]?.v).toMatch(/^15/);
      await next.end();
    } finally {
      await other.drop();
    }
  });
});

/** A typed message of the protocol. */
function message(type: string, body: string): Buffer {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body));
  bytes.write(type, 0);
  bytes.writeInt32BE(bytes.length - 1, 1);
  bytes.write(body, 5);
  return bytes;
}

function startUp(code: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(8, 0);
  bytes.writeInt32BE(code, 4);
  return bytes;
}

describe('messages in pieces', () => {
  const extended = Buffer.concat([
    message('P', 'name\0SELECT $1\0\0\0'),
    message('B', '\0\0'),
    message('E', '\0\0\0\0\0'),
    message('S', ''),
  ]);
  const all = Buffer.concat([startUp(80_877_103), startUp(196_608), message('Q', 'SELECT 1\0'), extended]);
  const expected = ['', '', 'SELECT 1', 'SELECT $1'];

  test.each([1, 3, 7, 1000])('client bytes come %i at a time, the units are the same', (size) => {
    const units = new FrontendUnits();
    const found = [];
    for (let at = 0; at < all.length; at += size) found.push(...units.take(all.subarray(at, at + size)));
    expect(found.map(({ sql }) => sql)).toEqual(expected);
    expect(Buffer.concat(found.map(({ bytes }) => bytes))).toEqual(all);
  });

  test.each([1, 4, 1000])('server bytes come %i at a time, the answer ends with ReadyForQuery', (size) => {
    const answer = Buffer.concat([message('C', 'SELECT 1\0'), message('Z', 'I')]);
    const bytes = Buffer.concat([answer, message('N', 'later')]);
    const end = new AnswerEnd();
    let taken = 0;
    for (let at = 0; at < bytes.length; at += size) {
      const piece = end.take(bytes.subarray(at, at + size));
      taken += piece.bytes;
      if (piece.isComplete) break;
    }
    expect(taken).toBe(answer.length);
  });
});
