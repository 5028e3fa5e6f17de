import { defineConfig } from 'rolldown';

/**
 * The command line as a few files, as hundreds of modules take Node longer to find than a check takes. Packages stay
 * where npm puts them, and the library beside it keeps its modules and types.
 */
export default defineConfig({
  input: 'src/cli/main.ts',
  platform: 'node',
  external: /^[^./]/,
  tsconfig: false,
  output: { dir: 'dist/cli', format: 'esm', chunkFileNames: '[name].js', comments: false },
});
