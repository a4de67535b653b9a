import { fetchBranch, watchFolders, createBranch } from "../../../src/compose/sources/checkout.ts";
import { Readable } from "node:stream";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import { readShippedPolicies } from "../../../src/aws/action-data/shipped-policies.ts";
import { ownDocuments } from "../../../src/aws/own/declared.ts";
import { runCli } from "../../../src/cli/cli.ts";
import { COMMANDS } from "../../../src/compose/commands.ts";
import { CliError } from "../../../src/cli/toolbox/cli-error.ts";
import type {
  ConfigurationProblem,
  Installation,
  OperatorConfig,
  Toolbox,
} from "../../../src/cli/toolbox/toolbox.ts";
import { parseInstanceName } from "../../../src/model/aws/ids.ts";
import { DEFAULT_LIMITS } from "../../../src/model/rules/limits.ts";
import { err, ok } from "../../../src/model/values/result.ts";
import { readFolder } from "../../../src/source/folder.ts";
import { readLocalAuthors, readLocalRange, readLocalRevision } from "../../../src/source/local-repository.ts";
import { untraced, type Telemetry } from "../../../src/controller/ports/telemetry.ts";
import { NOW } from "../fakes/fake-control.ts";
import { checkPrinted } from "./published.ts";

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliSetting {
  readonly env?: Toolbox["env"];
  readonly terminal?: Partial<Toolbox["terminal"]>;
  readonly signal?: AbortSignal;
  readonly stdin?: string;
  readonly clock?: Toolbox["clock"];
  /** What `--config` leads to; none: opening one is an error. */
  readonly installation?: Partial<Installation>;
  /** What is wrong with the file that `--config` names. */
  readonly configProblems?: readonly ConfigurationProblem[];
  readonly startSimulator?: Toolbox["startSimulator"];
  readonly sitePage?: string;
  readonly watchFolders?: Toolbox["watchFolders"];
}

/**
 * One command line over a toolbox that reads folders and repositories for real and fakes the rest.
 * @throws Error when its output with -o json does not match the published schema
 */
export async function cli(argv: readonly string[], setting: CliSetting = {}): Promise<CliRun> {
  const printed = { out: "", err: "" };
  const code = await runCli(argv, async () => COMMANDS, testToolbox(setting, printed));
  checkPrinted(argv, printed);
  return { code, ...printed };
}

export const TEST_CONFIG: OperatorConfig = {
  file: "grantkeeper.yaml",
  instance: checkedName("test-1"),
  stateDir: "/var/lib/grantkeeper",
  mode: "enforce",
  source: { kind: "git", name: "main", platformPath: "platform", tenantPath: "teams" },
  namespaceSources: [],
  sweepMs: 300_000,
  limits: DEFAULT_LIMITS,
  sizes: {
    fileBytes: 1_048_576,
    files: 1_000,
    documentsPerFile: 1_000,
    snapshotBytes: 10_485_760,
    teamFiles: 500,
    teamBytes: 5_242_880,
  },
  http: { host: "127.0.0.1", port: 1, tls: null },
  approvers: { security: ["lee"] },
  aws: {
    simulator: false,
    lookupEvents: false,
    propagationWaitMs: null,
    deleteQuietMs: null,
    revertOtherMs: null,
    waveIntervalMs: null,
  },
  bootstrap: null,
  changeEvents: [],
};

export function testToolbox(setting: CliSetting, printed: { out: string; err: string }): Toolbox {
  const { installation, startSimulator = () => Promise.reject(unexpected("startSimulator")) } = setting;
  return {
    version: "1.2.3",
    terminal: {
      out: async (text) => void (printed.out += text),
      err: async (text) => void (printed.err += text),
      stdin: Readable.from([Buffer.from(setting.stdin ?? "")]),
      isTerminal: false,
      // Wide enough that no text wraps: what is printed can be looked for as it was written.
      columns: 1_000,
      progress: null,
      ...setting.terminal,
    },
    env: setting.env ?? {},
    clock: setting.clock ?? { nowMs: () => Date.parse(NOW), sleep: async () => undefined },
    signal: setting.signal ?? new AbortController().signal,
    actionData: async () => new IamActionData(),
    shippedPolicies: readShippedPolicies,
    ownDocuments: async (desired, setup) => ownDocuments(desired, setup),
    openInstallation: async () => {
      if (setting.configProblems !== undefined) return err(setting.configProblems);
      if (installation === undefined) throw unexpected("openInstallation");
      return ok(testInstallation(installation));
    },
    readDirectory: ({ platformPath, tenantPath, sizes, ...request }, signal) => {
      const paths = { platformPath, tenantPath };
      const once = { name: "directory", debounceMs: 0, telemetry: SILENT, timeoutMs: 20_000 };
      return readFolder({ ...request, ...once, paths, limits: sizes }, signal);
    },
    gitSnapshot: ({ revision, root, platformPath, tenantPath, sizes }, signal) => {
      const paths = { platformPath, tenantPath };
      return readLocalRevision({ root, paths, limits: sizes, timeoutMs: 20_000 }, revision, signal);
    },
    fetchBranch,
    createBranch,
    watchFolders: setting.watchFolders ?? watchFolders,
    fetch: async () => (url, init) => fetch(url, init),
    gitAuthors: ({ base, head, root, platformPath, tenantPath, sizes }, signal) => {
      const paths = { platformPath, tenantPath };
      return readLocalAuthors({ root, paths, limits: sizes, timeoutMs: 20_000 }, { base, head }, signal);
    },
    gitRange: ({ base, head, root, platformPath, tenantPath, sizes }, signal) => {
      const paths = { platformPath, tenantPath };
      return readLocalRange({ root, paths, limits: sizes, timeoutMs: 20_000 }, { base, head }, signal);
    },
    startSimulator,
    sitePage: setting.sitePage ?? "/nonexistent",
  };
}

function testInstallation(given: Partial<Installation>): Installation {
  return {
    config: TEST_CONFIG,
    source: () => Promise.reject(unexpected("source")),
    namespaceSources: async () => [],
    backups: async () => ({ kind: "none" }),
    network: async () => [],
    localTokenFile: "/var/lib/grantkeeper/api-token",
    apiAuthority: () => Promise.reject(unexpected("apiAuthority")),
    fetch: () => Promise.reject(unexpected("fetch")),
    secrets: async () => [],
    database: async () => [],
    queues: async () => [],
    signingKeys: async () => null,
    commitStatus: async () => null,
    pullRequestComments: async () => null,
    aws: () => Promise.reject(unexpected("aws")),
    record: async () => null,
    audit: () => Promise.reject(new CliError("there is no record yet", "grantkeeper run makes it")),
    auditPublicKeys: async () => null,
    auditAnchors: async () => null,
    newestEntry: async () => null,
    backup: () => Promise.reject(unexpected("backup")),
    moveRecord: () => Promise.reject(unexpected("moveRecord")),
    acceptLoss: () => Promise.reject(unexpected("acceptLoss")),
    restore: () => Promise.reject(unexpected("restore")),
    localToken: async () => null,
    startController: () => Promise.reject(unexpected("startController")),
    ...given,
  };
}

function unexpected(what: string): Error {
  return new Error(`${what} was not expected`);
}

function checkedName(text: string): OperatorConfig["instance"] {
  const name = parseInstanceName(text);
  if (name === undefined) throw new Error(`"${text}" is not an instance`);
  return name;
}

export const SILENT: Telemetry = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
  forget: () => undefined,
  trace: untraced,
};
