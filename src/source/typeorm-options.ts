import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MigrationCode, TransactionMode } from '../model/migration.ts';
import { partOfSpan } from '../model/span.ts';
import { bareExpression, type CodeTree, type Expression, endOf, isProblem, parseCode, startOf } from './code-tree.ts';
import { DATA_SOURCE_FILES, FILE_START, POSTGRES_NAME } from './typeorm-settings.ts';

/** What the data source of a project says about its migrations. */
export interface TypeormOptions {
  /** null where it does not say, or where that is worked out when it runs. */
  readonly transactionMode: TransactionMode | null;
  readonly ledger: LedgerPlace | string;
  /** The line to change for another mode: that of the mode, else the one where the data source begins. */
  readonly dataSource: MigrationCode['dataSource'];
}

/** Where TypeORM keeps its own ledger; null: the first schema of the search path. */
interface LedgerPlace {
  readonly schema: string | null;
  readonly table: string;
}

/** A value of an option: the text that stands there, or that it is worked out. */
interface OptionValue {
  readonly key: string;
  readonly text: string | null;
  readonly line: number;
}

interface OptionsObject {
  readonly file: string;
  readonly line: number;
  readonly values: readonly OptionValue[];
}

const KEYS = ['migrationsTransactionMode', 'migrationsTableName', 'schema'] as const;
type Key = (typeof KEYS)[number];

/**
 * The options of the data source that a folder of migrations belongs to, read from the well-known files of the nearest
 * project above it, without running them.
 *
 * @returns TypeORM's own defaults where there is no such file. As `ledger` a sentence, where its place cannot be told.
 */
export async function readTypeormOptions(folder: string): Promise<TypeormOptions> {
  const objects = await nearestObjects(path.resolve(folder));
  const [first] = objects;
  if (first === undefined)
    return { transactionMode: null, ledger: { schema: null, table: 'migrations' }, dataSource: null };
  const mode = optionOf(objects, 'migrationsTransactionMode');
  const { file, line } = mode.at ?? first;
  return {
    transactionMode: isMode(mode.text) && mode.isCertain ? mode.text : null,
    ledger: ledgerOf(objects),
    dataSource: { path: path.relative(process.cwd(), file), line },
  };
}

function isMode(text: string | null): text is TransactionMode {
  return text === 'all' || text === 'each' || text === 'none';
}

interface Option {
  readonly text: string | null;
  /** False where places differ, or where the value is worked out. */
  readonly isCertain: boolean;
  readonly at: { readonly file: string; readonly line: number } | null;
}

function optionOf(objects: readonly OptionsObject[], key: Key): Option {
  const found = objects.flatMap(({ file, values }) =>
    values.filter((value) => value.key === key).map(({ text, line }) => ({ text, file, line })),
  );
  const [first] = found;
  if (first === undefined) return { text: null, isCertain: true, at: null };
  return {
    text: first.text,
    isCertain: first.text !== null && found.every(({ text }) => text === first.text),
    at: first,
  };
}

function ledgerOf(objects: readonly OptionsObject[]): LedgerPlace | string {
  const table = optionOf(objects, 'migrationsTableName');
  const schema = optionOf(objects, 'schema');
  for (const [key, { isCertain, at }] of [
    ['migrationsTableName', table],
    ['schema', schema],
  ] as const) {
    if (isCertain || at === null) continue;
    const place = `${path.relative(process.cwd(), at.file)}:${at.line}`;
    return `${place}: ${key} is not one text that stands there, so nobody can tell which table TypeORM keeps its migrations in.`;
  }
  return { schema: schema.text, table: table.text ?? 'migrations' };
}

/** Upwards to the top of the project: where its package.json or its repository is. */
async function nearestObjects(folder: string): Promise<readonly OptionsObject[]> {
  const found = await Promise.all(DATA_SOURCE_FILES.map((name) => objectsIn(path.join(folder, name))));
  const objects = found.flat();
  const above = path.dirname(folder);
  if (objects.length > 0 || above === folder || (await isTop(folder))) return objects;
  return nearestObjects(above);
}

async function isTop(folder: string): Promise<boolean> {
  const there = await Promise.all(
    ['package.json', '.git'].map((name) =>
      access(path.join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return there.includes(true);
}

/** Files that cannot be read, or are of something else, count as missing. */
async function objectsIn(file: string): Promise<readonly OptionsObject[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null || !POSTGRES_NAME.test(text)) return [];
  // JSON is an expression of JavaScript.
  const isJson = file.endsWith('.json');
  const tree = await parseCode(isJson ? `(${text})` : text, isJson ? 'x.js' : file);
  if (isProblem(tree)) return [];
  const shift = isJson ? 1 : 0;
  const lineAt = (offset: number): number =>
    partOfSpan(FILE_START, text, Math.max(0, offset - shift), text.length).line;
  return optionObjects(tree).map((node) => ({ file, line: lineAt(startOf(node)), values: valuesOf(node, lineAt) }));
}

type ObjectNode = Extract<Expression, { type: 'ObjectExpression' }>;

/** Those that name the database, or set what only a data source has. */
function optionObjects(tree: CodeTree): readonly ObjectNode[] {
  const found: ObjectNode[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      if (isObjectNode(value) && isDataSource(value)) found.push(value);
      Object.values(value).forEach(visit);
    }
  };
  visit(tree.program.body);
  return found;
}

function isNode(value: unknown): value is { readonly type: string } {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function isObjectNode(node: { readonly type: string }): node is ObjectNode {
  return node.type === 'ObjectExpression';
}

function isDataSource(node: ObjectNode): boolean {
  return propertiesOf(node).some(
    ({ key, value }) =>
      key === 'migrationsTransactionMode' ||
      key === 'migrationsTableName' ||
      (key === 'type' && value.type === 'StringLiteral' && POSTGRES_NAME.test(`'${value.value}'`)),
  );
}

interface Property {
  readonly key: string;
  readonly value: Expression;
  readonly at: number;
}

function propertiesOf({ properties }: ObjectNode): readonly Property[] {
  return properties.flatMap((one) => {
    if (one.type !== 'ObjectProperty' || one.computed) return [];
    const { key } = one;
    const name = key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : null;
    // Patterns stand only where something is taken apart.
    const value = one.value as Expression;
    return name === null ? [] : [{ key: name, value: bareExpression(value), at: startOf(one) }];
  });
}

function valuesOf(node: ObjectNode, lineAt: (offset: number) => number): readonly OptionValue[] {
  return propertiesOf(node)
    .filter(({ key }) => KEYS.some((one) => one === key))
    .map(({ key, value, at }) => ({ key, text: textOf(value), line: lineAt(at) }));
}

function textOf(value: Expression): string | null {
  if (value.type === 'StringLiteral') return value.value;
  const isPlain = value.type === 'TemplateLiteral' && value.expressions.length === 0 && endOf(value) > 0;
  return isPlain ? (value.quasis[0]?.value.cooked ?? null) : null;
}
