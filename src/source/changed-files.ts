import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../model/error.ts';

/**
 * The files of a git repository that were added or changed since a point in its history, as they are in the work tree:
 * committed, staged, not staged, and not tracked at all. What others changed on the branch of `ref` in the meantime does
 * not count, as long as git knows where the two have parted.
 *
 * @param folder absolute; any folder of the repository.
 * @param ref a branch, tag or commit.
 * @returns absolute paths, links resolved.
 * @throws UsageError when it is no repository or git does not know the ref.
 */
export async function changedFiles(folder: string, ref: string): Promise<ReadonlySet<string>> {
  const top = await git(folder, ['rev-parse', '--show-toplevel'], (cause) =>
    isMissing(cause)
      ? new UsageError('--since asks git, and git is not installed here.', { cause, nextCommand: 'git --version' })
      : new UsageError(`${folder} is not in a git repository, so nothing is known to have changed since ${ref}.`, {
          cause,
          nextCommand: 'leave out --since',
        }),
  );
  const root = top.replace(/\r?\n$/, '');
  const commit = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const wanted = await git(root, commit, (cause) => unknownRef(ref, cause));
  const parted = await git(root, ['merge-base', wanted.trim(), 'HEAD'], null);
  const base = (parted ?? wanted).trim();
  const changed = await git(root, ['diff', '--name-only', '--no-ext-diff', '--diff-filter=d', '-z', base], (cause) =>
    unknownRef(ref, cause),
  );
  const untracked = await git(root, ['ls-files', '--others', '--exclude-standard', '-z'], (cause) =>
    unknownRef(ref, cause),
  );
  const names = `${changed}${untracked}`.split('\0').filter((name) => name !== '');
  return new Set(await Promise.all(names.map((name) => realpathOf(path.join(root, name)))));
}

/** The path with its links resolved; as it is when it cannot be. */
export async function realpathOf(file: string): Promise<string> {
  return realpath(file).catch(() => path.resolve(file));
}

function unknownRef(ref: string, cause: unknown): UsageError {
  return new UsageError(`git does not know ${ref}: it is no branch, tag or commit of this repository.`, {
    cause,
    nextCommand: `git fetch origin ${ref}, or name another one after --since`,
  });
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function git(folder: string, words: readonly string[], explain: (cause: unknown) => UsageError): Promise<string>;
function git(folder: string, words: readonly string[], explain: null): Promise<string | null>;
function git(
  folder: string,
  words: readonly string[],
  explain: ((cause: unknown) => UsageError) | null,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    execFile('git', [...words], { cwd: folder, maxBuffer: 1 << 28 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (explain === null) resolve(null);
      else reject(explain(error));
    });
  });
}
