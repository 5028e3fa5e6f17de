import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** `npm run test:kill`: the whole matrix of kills, too long for `npm test`. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.kill.ts'],
    globalSetup: ['test/support/start-servers.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    reporters: ['verbose'],
  },
});

export default config;
