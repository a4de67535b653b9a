import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import circus from "jest-circus/runner";

const { resolve } = createRequire(import.meta.url);
const CIRCUS_OF_FILE = join(dirname(resolve("jest-circus/runner")), "jestAdapterInit.js");

/** Of each project, what its first test file in this process got: all its later files go on with these modules. */
const keptOf = new Map();

/** How many alternatives of each file's branches were hit when this process last handed in its counters, by project. */
const handedIn = new Map();

/**
 * Runs a test file as Jest does, but with the modules that earlier files of the same process loaded. Loading and compiling
 * them again for each file took half the time of unit tests, and what tests call keeps nothing that one could leave to another.
 */
// oxlint-disable-next-line import/no-default-export -- Jest takes the default export of the file.
export default function runTestFile(globalConfig, config, environment, runtime, path, sendMessage) {
  // Who watches files wants the edited modules.
  if (globalConfig.watch || globalConfig.watchAll)
    return circus.default(globalConfig, config, environment, runtime, path, sendMessage);

  const known = keptOf.get(config.id);
  const kept = known ?? keep(environment, runtime);
  keptOf.set(config.id, kept);
  if (known !== undefined) reset(kept, environment, runtime);
  // oxlint-disable-next-line eslint/no-underscore-dangle -- where istanbul keeps its counters
  runtime.getAllCoverageInfoCopy = () => newCounters(config.id, kept.environment.global.__coverage__ ?? {});
  return circus.default(globalConfig, config, kept.environment, kept.runtime, path, sendMessage);
}

function keep(environment, runtime) {
  // Jest ends both after their first file.
  runtime.teardown = () => {};
  environment.teardown = async () => {};
  // Fastify compares each plugin with everything in `require.cache` to name it. Jest makes that list again for each question, of
  // all modules that are kept: half the time of tests that start a server. No plugin of ours is a module.
  runtime.registries.requireCacheProxy = Object.freeze(Object.create(null));
  const setGlobals = runtime.setGlobalsForRuntime.bind(runtime);
  runtime.setGlobalsForRuntime = (globals) =>
    setGlobals({ ...globals, expect: expectOfOneMatcher(globals.expect, environment.global) });
  runtime.requireInternalModule(CIRCUS_OF_FILE);
  const { global } = environment;
  const handlers = global[Symbol.for("EVENT_HANDLERS")];
  const state = Object.getOwnPropertySymbols(global).find((own) => own.description === "JEST_STATE_SYMBOL");
  return {
    environment,
    runtime,
    handlers,
    ownHandlers: handlers.length,
    state,
    initial: { ...global[state] },
    variables: { ...global.process.env },
  };
}

/**
 * An empty tree of tests with the configured time limit, the environment variables of the process, and the console and the
 * places in the sources that Jest shows for the new file.
 */
function reset(kept, newEnvironment, newRuntime) {
  const { environment, runtime, handlers, ownHandlers, state, initial, variables } = kept;
  handlers.length = ownHandlers;
  delete environment.global[Symbol.for("TEST_TIMEOUT_SYMBOL")];
  const { env } = environment.global.process;
  for (const name of Object.keys(env)) delete env[name];
  Object.assign(env, variables);
  const root = { ...initial.rootDescribeBlock, children: [], hooks: [], tests: [] };
  environment.global[state] = {
    ...initial,
    currentDescribeBlock: root,
    rootDescribeBlock: root,
    unhandledErrors: [],
    unhandledRejectionErrorByPromise: new Map(),
  };
  environment.global.console = newEnvironment.global.console;
  newRuntime.getSourceMaps().get = (file) => runtime.getSourceMaps().get(file);
  runtime.enterTestCode();
}

/** The counters of the files of which more was hit since this process last handed them in: most test files hit nothing new. */
function newCounters(project, coverage) {
  const changed = Object.entries(coverage).filter(([file, { b }]) => {
    const key = `${project} ${file}`;
    const hit = Object.values(b)
      .flat()
      .filter((count) => count > 0).length;
    const isNew = handedIn.get(key) !== hit;
    handedIn.set(key, hit);
    return isNew;
  });
  return structuredClone(Object.fromEntries(changed));
}

/**
 * `expect(actual)` makes six functions for each of 40 matchers, and an error with its stack, before one of them is used. That took a
 * tenth of the time of the laws. With this `expect`, Jest's own makes the matcher that is used, alone.
 */
function expectOfOneMatcher(expect, global) {
  const known = global[Symbol.for("$$jest-matchers-object")];
  const has = (name) => Object.hasOwn(known.matchers, name);
  const one = (name, actual) => {
    const { matchers } = known;
    const { stackTraceLimit } = global.Error;
    known.matchers = { [name]: matchers[name] };
    // The error is for matchers of promises; the others make their own when they fail.
    global.Error.stackTraceLimit = 0;
    try {
      return expect(actual);
    } finally {
      known.matchers = matchers;
      global.Error.stackTraceLimit = stackTraceLimit;
    }
  };
  const negated = { get: ({ actual }, name) => (has(name) ? one(name, actual).not[name] : undefined) };
  const matchersOf = {
    get: ({ actual }, name) => {
      if (has(name)) return one(name, actual)[name];
      if (name === "not") return new Proxy({ actual }, negated);
      return name === "resolves" || name === "rejects" ? ofPromise(expect(actual)[name]) : undefined;
    },
  };
  return new Proxy(expect, {
    apply: (_, self, given) =>
      given.length > 1 ? Reflect.apply(expect, self, given) : new Proxy({ actual: given[0] }, matchersOf),
  });
}

/** Its errors show the place in the test, not the one in this file. */
function ofPromise(matchers) {
  return new Proxy(matchers, {
    get: (_, name) => {
      if (name === "not") return ofPromise(matchers.not);
      if (!Object.hasOwn(matchers, name)) return undefined;
      return async (...expected) => {
        try {
          await matchers[name](...expected);
        } catch (error) {
          const places = error.stack.split("\n");
          error.stack = places.filter((place) => !place.includes(import.meta.url)).join("\n");
          throw error;
        }
      };
    },
  });
}
