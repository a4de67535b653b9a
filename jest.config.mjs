/** Folders that are pure functions of their arguments: every branch is cheap to reach, so nearly every branch must be. */
const PURE = [
  "model",
  "text",
  "iam",
  "audit",
  "manifest",
  "diff",
  "plan",
  "guard",
  "judge",
  "settle",
  "explain",
  "adopt",
];

/**
 * The tests that are of single functions and laws. They reach the thresholds alone, so that all other tests run without
 * counters, which make a loop two to three times as slow.
 */
const COUNTING = ["unit", "property", "store"];

/** How a test file runs, whichever project it is in. */
export const project = {
  testEnvironment: "<rootDir>/test/environment.mjs",
  testRunner: "<rootDir>/test/shared-modules.mjs",
  // dist/ and an unpacked tarball carry a second package.json of the same name.
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "<rootDir>/test/transform.mjs",
      {
        jsc: {
          parser: { syntax: "typescript" },
          target: "es2024",
          experimental: { keepImportAttributes: true },
        },
        module: { type: "es6" },
      },
    ],
  },
};

/**
 * How Jest runs the files of all projects. Node gets more room for new objects in package.json: on a machine with slow memory,
 * collecting them took a sixth of the processor time.
 */
export const run = {
  maxWorkers: "100%",
  // Workers keep the modules that test files loaded, and what these left behind.
  workerIdleMemoryLimit: "700MB",
  // Such a worker takes longer than the usual 500 ms to end on a busy machine. One that leaks a handle never ends, and is still reported.
  workerGracefulExitTimeout: 15_000,
  testTimeout: 30_000,
};

/** @type {import("jest").Config} */
export default {
  ...run,
  randomize: true,
  // V8's own coverage is three times slower here.
  coverageProvider: "babel",
  collectCoverageFrom: PURE.map((folder) => `src/${folder}/**/*.ts`),
  coverageThreshold: Object.fromEntries(PURE.map((folder) => [`./src/${folder}/`, { branches: 95 }])),
  projects: [
    {
      ...project,
      displayName: "counting",
      testMatch: COUNTING.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    },
    {
      ...project,
      displayName: "others",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/node_modules/",
        ...["peer", "browser", ...COUNTING].map((folder) => `<rootDir>/test/${folder}/`),
      ],
      coveragePathIgnorePatterns: ["<rootDir>/src/"],
    },
  ],
};
