import { loadModule } from 'libpg-query';

/** Loads PostgreSQL's parser (WASM, once a process). Nothing else in this room works before. */
export async function loadParser(): Promise<void> {
  await loadModule();
}
