import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bareCode } from '../../src/source/code-text.ts';
import { readTypeormSettings, typeormSetting } from '../../src/source/typeorm-settings.ts';

/** Opens a placeholder of a template. */
const OPEN = ['$', '{'].join('');

const dataSource = (options: string): string =>
  `import { DataSource } from 'typeorm';\nexport const db = new DataSource({\n  type: 'postgres',\n  ${options}\n});\n`;
const placeOf = (text: string, file = 'src/data-source.ts'): string | null => {
  const setting = typeormSetting(file, text);
  if (setting === null) return null;
  const { span } = setting;
  return `${span.line}:${span.column} ${text.slice(span.startOffset, span.endOffset)}`;
};

test('the setting itself, with its place', () => {
  expect(placeOf(dataSource('synchronize: true,'))).toBe('4:3 synchronize: true');
  expect(placeOf(dataSource("url: 'a\\'b', /* ä */ synchronize  :\ttrue"))).toBe('4:24 synchronize  :\ttrue');
});

describe('what is no such setting', () => {
  test.each([
    'synchronize: false',
    '// synchronize: true',
    '/* synchronize: true */',
    "name: 'synchronize: true'",
    `name: \`a ${OPEN}\`synchronize: true\`} synchronize: true\``,
    'name: /synchronize: true/',
    'synchronize: isTest',
    "synchronize: process.env.NODE_ENV !== 'production'",
    'synchronize: true && isTest',
    'synchronize: trueInTests',
    'mySynchronize: true',
    "note: '// it is on', // synchronize: true",
    'pattern: /[\'"]/, // synchronize: true',
  ])('%s', (options) => {
    expect(placeOf(dataSource(options))).toBeNull();
  });

  test('one of another tool or another database', () => {
    expect(placeOf("import { Sequelize } from 'sequelize'; ({ dialect: 'postgres', synchronize: true })")).toBeNull();
    expect(placeOf(dataSource('synchronize: true').replace("'postgres'", "'sqlite'"))).toBeNull();
  });
});

test('ormconfig.json', () => {
  const json = (...connections: object[]): string =>
    JSON.stringify(connections.length === 1 ? connections[0] : connections);
  const on = { type: 'postgres', synchronize: true };
  expect(placeOf(json(on), 'ormconfig.json')).toBe('1:20 "synchronize":true');
  expect(placeOf(json({ ...on, synchronize: false }), 'ormconfig.json')).toBeNull();
  expect(placeOf(json(on, { type: 'sqlite', synchronize: true }), 'ormconfig.json')).toBeNull();
  expect(placeOf('{ "type": "postgres", "synchronize": true', 'ormconfig.json')).toBeNull();
});

test('the well-known files of a folder, and no other ones', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-typeorm-'));
  try {
    for (const file of [
      'src/data-source.ts',
      'ormconfig.js',
      'node_modules/x/data-source.ts',
      'src/deep/er/data-source.ts',
    ]) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), dataSource('synchronize: true'));
    }
    expect((await readTypeormSettings(folder)).map((setting) => setting.path)).toEqual([
      'ormconfig.js',
      'src/data-source.ts',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('code without what is no code keeps its length and its lines', () => {
  const text = `const a = b / c; // d\nconst e = \`x${OPEN} { f: 1 }.f }y\`;\nreturn /[/]"/.test(g) ? 1 / 2 : "h";\n`;
  const bare = bareCode(text);
  expect(bare).toHaveLength(text.length);
  expect(bare.replaceAll(/ +/g, ' ')).toBe('const a = b / c; \nconst e = ` `;\nreturn " .test(g) ? 1 / 2 : " ";\n');
});
