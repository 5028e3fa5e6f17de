import type { Scene } from './scene.ts';

/** Somebody's session says these statements, and ends (or says `release`) after a while; it is not waited for. */
export async function holdFor(
  scene: Scene,
  ms: number,
  statements: readonly string[],
  release: string = 'ROLLBACK',
): Promise<void> {
  const session = await scene.session('postgres', 'somebody');
  for (const sql of statements) await session.query(sql);
  const over = new Promise<void>((resolve) => {
    setTimeout(() => {
      session.query(release).then(
        () => resolve(),
        (error: unknown) => {
          scene.findings.push(`the other session was hurt: ${error instanceof Error ? error.message : String(error)}`);
          resolve();
        },
      );
    }, ms);
  });
  scene.afterwards(() => over);
}
