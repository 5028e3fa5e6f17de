import { readFile } from 'node:fs/promises';

/** The text of a file, or `otherwise` where there is none. */
export async function readFileOr(file: string, otherwise: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
