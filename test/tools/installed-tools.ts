import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const VERSIONS = {
  '@prisma/adapter-pg': '6.19.3',
  dbmate: '2.36.0',
  'node-pg-migrate': '9.0.0',
  pg: '8.23.1',
  prisma: '6.19.3',
  typeorm: '1.1.1',
} as const;

/**
 * A folder with the tools in it, outside of the tree; made once for these versions.
 *
 * @throws what npm says when it cannot install them.
 */
export async function installedTools(): Promise<string> {
  const versions = JSON.stringify(VERSIONS);
  const mark = createHash('sha256').update(versions).digest('hex').slice(0, 12);
  const folder = path.join(tmpdir(), `evenkeel-tools-${mark}`);
  const done = path.join(folder, 'installed');
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: VERSIONS }));
  const words = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  await promisify(execFile)('npm', words, { cwd: folder });
  letPrismaRunScripts(folder);
  writeFileSync(done, versions);
  return folder;
}

/**
 * Prisma 6 with its engine in WebAssembly needs no download. Its adapter for `pg` knows some types of the catalog not,
 * and cuts scripts at every semicolon, which no engine of a release does: here it sends them as the native engines do.
 */
function letPrismaRunScripts(folder: string): void {
  for (const file of ['index.js', 'index.mjs']) {
    const place = path.join(folder, 'node_modules/@prisma/adapter-pg/dist', file);
    const text = readFileSync(place, 'utf8');
    const changed = text
      .replace('case ScalarColumnType.TEXT:', 'case 18:\n    case 19:\n    case ScalarColumnType.TEXT:')
      .replace('case ArrayColumnType.TEXT_ARRAY:', 'case 1003:\n    case ArrayColumnType.TEXT_ARRAY:')
      .replace('const statements = script.split(";")', `const statements = (${splitter.toString()})(script)`);
    if (changed === text) throw new TypeError(`${place} is not what it was`);
    writeFileSync(place, changed);
  }
}

/** Up to 7.3 a script is one message; from 7.4 on each of its statements is sent by itself. Runs inside of Prisma. */
function splitter(script: string): readonly string[] {
  if (process.env['PRISMA_SENDS'] === 'scripts') return [script];
  return script.match(/(?:(\$\w*\$)[\s\S]*?\1|--[^\n]*\n|[^;])+;?/g) ?? [];
}
