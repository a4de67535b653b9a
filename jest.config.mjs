import { existsSync } from "node:fs";

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
]
  .map((folder) => `src/${folder}/`)
  .filter((folder) => existsSync(new URL(folder, import.meta.url)));

/** @type {import("jest").Config} */
export default {
  testEnvironment: "<rootDir>/test/environment.mjs",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/peer/"],
  // dist/ and an unpacked tarball carry a second package.json of the same name.
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
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
  randomize: true,
  maxWorkers: "100%",
  // Workers keep every module that a test file loaded; the SDK alone is 100 MiB a file.
  workerIdleMemoryLimit: "700MB",
  // Such a worker takes longer than the usual 500 ms to end on a busy machine. One that leaks a handle never ends, and is still reported.
  workerGracefulExitTimeout: 15_000,
  testTimeout: 30_000,
  // V8's own coverage is three times slower here.
  coverageProvider: "babel",
  collectCoverageFrom: PURE.map((folder) => `${folder}**/*.ts`),
  coverageThreshold: Object.fromEntries(PURE.map((folder) => [`./${folder}`, { branches: 95 }])),
};
