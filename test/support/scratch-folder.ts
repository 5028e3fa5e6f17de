import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A folder for the files of one test file, gone after its tests. */
export interface ScratchFolder {
  /** Absolute; empty before the tests begin. */
  readonly path: string;
  /** Writes a file, in a folder of its own where the name says so, and answers its path. */
  write(name: string, text: string): string;
}

/** @example const scratch = scratchFolder('trace'); */
export function scratchFolder(about: string): ScratchFolder {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), `evenkeel-${about}-`));
    // Servers run as another user where we are root.
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get path() {
      return folder;
    },
    write(name, text) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
  };
}
