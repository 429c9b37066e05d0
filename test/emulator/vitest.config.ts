import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** The suites of `npm run test:emulator`: AWS adapters over real HTTP. `npm test` needs no Python and runs none of them. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/emulator/**/*.test.ts'],
    exclude: [],
    globalSetup: ['./test/emulator/global-setup.ts'],
    // One emulator serves all files, and waits are real: two files at once would wait for each other.
    fileParallelism: false,
  },
});
