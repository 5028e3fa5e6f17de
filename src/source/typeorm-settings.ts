import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectSetting } from '../model/project-setting.ts';
import { partOfSpan, type Span } from '../model/span.ts';
import { bareCode } from './code-text.ts';

/** Where TypeORM's own pages and those of NestJS put a data source, seen from the top of a project. */
export const DATA_SOURCE_FILES: readonly string[] = [
  'ormconfig.json',
  ...['ormconfig', 'data-source', 'app.module', 'typeorm.config'].flatMap((name) =>
    ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs'].flatMap((ending) => [`${name}.${ending}`, `src/${name}.${ending}`]),
  ),
  'src/config/typeorm.config.ts',
  'src/database/data-source.ts',
  'src/db/data-source.ts',
];

export const FILE_START: Span = { line: 1, column: 1, endLine: 1, endColumn: 1, startOffset: 0, endOffset: 0 };
export const POSTGRES_NAME: RegExp = /["'](?:postgres|aurora-postgres)["']/;

/**
 * `synchronize: true` in the well-known files of a TypeORM project. Said is only what is certain: the word `true`
 * itself, outside of comments and strings, in a file that names TypeORM and PostgreSQL. Files that cannot be read count
 * as missing.
 *
 * @param folder absolute; the paths answered are seen from there.
 */
export async function readTypeormSettings(folder: string): Promise<readonly ProjectSetting[]> {
  const found = await Promise.all(
    DATA_SOURCE_FILES.map(async (file) => {
      const text = await readFile(path.join(folder, file), 'utf8').catch(() => null);
      return text === null ? [] : (typeormSetting(file, text) ?? []);
    }),
  );
  return found.flat();
}

/** The same for one file; null when it says nothing of the kind. */
export function typeormSetting(file: string, text: string): ProjectSetting | null {
  const place = placeOfSynchronize(file, text);
  if (place === null) return null;
  const span = partOfSpan(FILE_START, text, place.start, place.end);
  return { kind: 'typeorm-synchronize', path: file, text, span };
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function placeOfSynchronize(file: string, text: string): Place | null {
  if (file.endsWith('.json')) return isSynchronizedJson(text) ? placeOf(text, /"synchronize"\s*:\s*true\b/) : null;
  const isTypeorm = /["'](?:@nestjs\/)?typeorm["']/.test(text) || path.basename(file).startsWith('ormconfig.');
  if (!isTypeorm || !POSTGRES_NAME.test(text)) return null;
  return placeOf(bareCode(text), /(?<![\w$.])synchronize\s*:\s*true\b(?!\s*[&|?=.([])/);
}

/** A list of connections, or one. */
function isSynchronizedJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const connections: readonly unknown[] = Array.isArray(value) ? value : [value];
    return connections.every(isSynchronized);
  } catch {
    return false;
  }
}

function isSynchronized(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, synchronize } = value as Readonly<Record<'type' | 'synchronize', unknown>>;
  return synchronize === true && POSTGRES_NAME.test(JSON.stringify(type ?? null));
}

function placeOf(text: string, pattern: RegExp): Place | null {
  const found = pattern.exec(text);
  return found === null ? null : { start: found.index, end: found.index + found[0].length };
}
