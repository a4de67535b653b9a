import { project, run } from "./jest.config.mjs";

/** Tests against programs that are not ours, which `npm run peer` finds or installs. */
export default {
  ...project,
  ...run,
  testMatch: ["<rootDir>/test/peer/**/*.test.ts"],
};
