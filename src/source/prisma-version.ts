import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface PrismaVersion {
  readonly major: number;
  readonly minor: number;
}

/** What is assumed where nobody tells: the newest release. */
const NEWEST: PrismaVersion = { major: 7, minor: 10 };

/**
 * The version of Prisma that works on a folder: the one that is installed, in the nearest `node_modules`; else the newest
 * that the nearest `package.json` naming it would take; else the newest release.
 */
export async function prismaVersion(folder: string): Promise<PrismaVersion> {
  let asked: PrismaVersion | null = null;
  for (const place of upwards(path.resolve(folder))) {
    const installed = await readJson(path.join(place, 'node_modules', 'prisma', 'package.json'));
    const version = versionIn(installed?.['version']);
    if (version !== null) return version;
    asked ??= newestOf(rangeIn(await readJson(path.join(place, 'package.json'))));
  }
  return asked ?? NEWEST;
}

function upwards(folder: string): readonly string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}

type Json = Readonly<Record<string, unknown>>;

/** null when there is none, or when it is no object. */
async function readJson(file: string): Promise<Json | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Json) : null;
  } catch {
    return null;
  }
}

function rangeIn(manifest: Json | null): string | null {
  for (const field of ['devDependencies', 'dependencies']) {
    const packages = manifest?.[field] as Json | undefined;
    for (const name of ['prisma', '@prisma/client']) {
      const range = packages?.[name];
      if (typeof range === 'string') return range;
    }
  }
  return null;
}

/** `^7.2.0` takes any 7, `~7.2.0` and `7.2.0` take 7.2; tags such as `latest` say nothing. */
function newestOf(range: string | null): PrismaVersion | null {
  const version = range === null ? null : versionIn(range.replace(/^[\^~>=v\s]+/, ''));
  if (version === null || range === null) return null;
  return /^[~v=\d]/.test(range.trim()) && /\d\.\d/.test(range) ? version : { major: version.major, minor: Infinity };
}

function versionIn(text: unknown): PrismaVersion | null {
  const [, major, minor] = typeof text === 'string' ? (/^(\d+)(?:\.(\d+))?/.exec(text) ?? []) : [];
  return major === undefined ? null : { major: Number(major), minor: Number(minor ?? 0) };
}
