import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** `npm run test:concurrently`: index builds on a big table, disturbed in each of their phases; too long for `npm test`. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.concurrently.ts'],
    testTimeout: 900_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    reporters: ['verbose'],
  },
});

export default config;
