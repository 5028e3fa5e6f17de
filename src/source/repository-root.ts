import { access } from 'node:fs/promises';
import path from 'node:path';

/** The nearest folder, from an absolute one upwards, that is the top of a git repository; null when there is none. */
export async function repositoryRoot(folder: string): Promise<string | null> {
  const isRoot = await access(path.join(folder, '.git')).then(
    () => true,
    () => false,
  );
  if (isRoot) return folder;
  const above = path.dirname(folder);
  return above === folder ? null : repositoryRoot(above);
}
