import { project, run } from "./jest.config.mjs";

/** Tests of the web page in a browser, which `npm run browser` looks for. */
export default {
  ...project,
  ...run,
  testTimeout: 60_000,
  testMatch: ["<rootDir>/test/browser/**/*.test.ts"],
};
