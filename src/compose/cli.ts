import { join } from "node:path";
import { runCli } from "../cli/cli.ts";
import type { CliCommand } from "../cli/toolbox/command.ts";
import type { Installation, Toolbox } from "../cli/toolbox/toolbox.ts";
import type { Config } from "../config/config.ts";
import { environment } from "../config/input.ts";
import { loadConfig } from "../config/load-config.ts";
import { ok } from "../model/values/result.ts";
import { openAwsReads } from "./aws.ts";
import {
  moveRecord,
  backupRecord,
  examineBackups,
  openAuditReader,
  openRecordReader,
  restoreRecord,
} from "./record.ts";
import { examineDatabaseOf, newestEntryOf } from "./database/readers.ts";
import { startController } from "./run/controller.ts";
import { exitSignal, watchStandardOutput } from "./process/exit-signal.ts";
import { examineNetworkOf, fetchBy, fetchByEnvironment } from "./network.ts";
import { examineSecrets } from "./secrets.ts";
import { clock, SILENT } from "./ports.ts";
import { startLocalSimulator } from "./simulator.ts";
import {
  fetchBranch,
  gitAuthors,
  gitRange,
  gitSnapshot,
  readDirectory,
  watchFolders,
  createBranch,
} from "./sources/checkout.ts";
import { openNamespaceSources, openSource } from "./sources/open-source.ts";
import { examineSigningKeys } from "./sources/signing-keys.ts";
import { stateFiles, fileTextOrNull } from "./state-files.ts";
import { examineOidc } from "./api/oidc.ts";
import { examineTls, readApiAuthority } from "./api/tls.ts";
import { processTerminal } from "./process/terminal.ts";
import { PACKAGE_FOLDER, VERSION } from "./version.ts";

/** Runs one command line. @returns the exit code of the process */
export async function runProcess(args: readonly string[]): Promise<number> {
  watchStandardOutput();
  return runCli(args, commandsFor, toolbox());
}

/** A controller starts without the code of the other commands, and so does the health check that a container repeats. */
async function commandsFor(name: string | undefined): Promise<readonly CliCommand<object>[]> {
  if (name === "run") return [(await import("../cli/commands/run.ts")).run];
  if (name === "probe") return [(await import("../cli/commands/probe.ts")).probe];
  return (await import("./commands.ts")).COMMANDS;
}

/** Heavy parts (the SDK, the database, the HTTP server) are loaded when a command asks for them. */
function toolbox(): Toolbox {
  return {
    version: VERSION,
    terminal: processTerminal(),
    env: environment(),
    clock,
    get signal() {
      return exitSignal();
    },
    actionData: async () => new (await import("../aws/action-data/action-data.ts")).IamActionData(),
    shippedPolicies: async () =>
      (await import("../aws/action-data/shipped-policies.ts")).readShippedPolicies(),
    ownDocuments: async (desired, setup) => {
      const { ownDocuments } = await import("../aws/own/declared.ts");
      return ownDocuments(desired, setup);
    },
    openInstallation: (file, flags) => {
      const config = loadConfig({ file, env: environment(), flags });
      return Promise.resolve(config.kind === "err" ? config : ok(installation(config.value)));
    },
    readDirectory,
    gitSnapshot,
    gitAuthors,
    gitRange,
    fetchBranch,
    createBranch,
    watchFolders,
    fetch: fetchByEnvironment,
    startSimulator: startLocalSimulator,
    sitePage: join(PACKAGE_FOLDER, "dist", "page", "site"),
  };
}

function installation(config: Config): Installation {
  const files = stateFiles(config.stateDir);
  return {
    config,
    source: () => openSource(config, { telemetry: SILENT, toClose: [] }),
    namespaceSources: () => openNamespaceSources(config, { telemetry: SILENT, toClose: [] }),
    network: () => examineNetworkOf(config),
    fetch: () => fetchBy(config),
    secrets: async () => [
      ...examineSecrets(config),
      ...(await examineTls(config)),
      ...(await examineOidc(config)),
    ],
    database: () => examineDatabaseOf(config),
    queues: async (signal) => {
      const { examinePushQueues } = await import("./sources/push-queues.ts");
      const { examineChangeQueues } = await import("./queues/change-queues.ts");
      return [...(await examinePushQueues(config, signal)), ...(await examineChangeQueues(config, signal))];
    },
    signingKeys: (namespace, signal) => examineSigningKeys(config, namespace, signal),
    commitStatus: async (namespace, signal) => {
      const { examineCommitStatus } = await import("./sources/commit-status.ts");
      return examineCommitStatus(config, namespace, signal);
    },
    pullRequestComments: async (namespace, signal) => {
      const { examinePullRequestComments } = await import("./sources/pull-requests.ts");
      return examinePullRequestComments(config, namespace, signal);
    },
    aws: () => openAwsReads(config),
    record: () => openRecordReader(config),
    audit: () => openAuditReader(config),
    auditPublicKeys: () => fileTextOrNull(files.auditPublicKeys),
    auditAnchors: () => fileTextOrNull(files.auditAnchors),
    newestEntry: () => newestEntryOf(config),
    backup: (request) => backupRecord(config, request),
    backups: () => examineBackups(config),
    restore: (request) => restoreRecord(config, request),
    moveRecord: (request) => moveRecord(config, request),
    acceptLoss: async (request) => {
      const { acceptDatabaseLoss } = await import("./database/accept-loss.ts");
      return acceptDatabaseLoss(config, request);
    },
    localToken: async () => (await fileTextOrNull(files.apiToken))?.trim() ?? null,
    localTokenFile: files.apiToken,
    apiAuthority: () => readApiAuthority(config),
    startController: () => startController(config, exitSignal()),
  };
}
