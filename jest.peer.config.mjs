import config from "./jest.config.mjs";

/** Tests against programs that are not ours, which `npm run peer` finds or installs. */
export default {
  ...config,
  testMatch: ["<rootDir>/test/peer/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  randomize: false,
  collectCoverage: false,
};
