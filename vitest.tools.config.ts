import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** `npm run test:tools`: written plans under the tools themselves, which it installs into a folder outside of the tree. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.tools.ts'],
    globalSetup: ['test/support/start-servers.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    reporters: ['verbose'],
  },
});

export default config;
