import { notJudgedOffline } from "../../guard/judge-desired.ts";
import { CliError } from "../cli-error.ts";
import type { CliCommand } from "../command.ts";
import { actionDataOf, findingsOffline } from "../findings.ts";
import { requireInstallation } from "../installation.ts";
import { addConfig, addOutput, type ConfigOptions, type OutputOptions } from "../options.ts";
import { loadLive, saveLive, type LiveStateSaved, type SavedAccount } from "../plan/live-file.ts";
import { planOffline } from "../plan/offline.ts";
import { planAccount, readAccount, type PlanGround } from "../plan/online.ts";
import {
  planExitCode,
  planLines,
  planValue,
  rangeText,
  revisionText,
  type PlanReport,
} from "../plan/report.ts";
import { show } from "../print.ts";
import { withProgress } from "../progress.ts";
import {
  findGround,
  groundOf,
  loadDirectory,
  projectOf,
  requestFor,
  type Ground,
  type Project,
} from "../project.ts";
import type { Installation, Toolbox } from "../toolbox.ts";

interface PlanOptions extends ConfigOptions, OutputOptions {
  readonly base?: string;
  readonly head?: string;
  readonly live?: string;
  readonly saveLive?: string;
  readonly exitCode?: true;
}

export const plan: CliCommand<PlanOptions> = {
  name: "plan",
  summary: "what would change: against a revision, live AWS or a saved state",
  description:
    "With --base: git against git, without AWS; DIR (default: here) is compared as it lies there, or at --head. Else against live AWS, read with the observers of the operator's file, or against a state that --save-live kept; DIR's manifests, by default those of the file's source. Writes nothing.",
  examples: [
    ["grantkeeper plan --base origin/main", "what this branch changes, without AWS"],
    ["grantkeeper plan --config grantkeeper.yaml", "the accepted branch against AWS"],
    [
      "grantkeeper plan . --config grantkeeper.yaml --save-live live.json",
      "this checkout against AWS, and keep what was read",
    ],
    [
      "grantkeeper plan . --live live.json --exit-code",
      "again on what was kept; exit code 2 for differences",
    ],
  ],
  define: (command) => {
    addOutput(addConfig(command.argument("[dir]", "a folder with platform/ and teams/")))
      .option("--base <revision>", "compare with this revision of the checkout, offline")
      .option("--head <revision>", "with --base: this revision instead of the folder as it lies there")
      .option("--live <file>", "compare with a saved live state")
      .option("--save-live <file>", "keep the live state that was read")
      .option("--exit-code", "exit with 2 when there are differences");
  },
  run: async ({ args: [dir], options, toolbox }) => {
    const report =
      options.base === undefined
        ? await againstLive(dir, options, toolbox)
        : await againstBase(dir ?? ".", options.base, options, toolbox);
    await show({ value: planValue(report), lines: () => planLines(report) }, options.output, toolbox);
    return planExitCode(report, options.exitCode === true);
  },
};

async function againstBase(
  dir: string,
  base: string,
  options: PlanOptions,
  toolbox: Toolbox,
): Promise<PlanReport> {
  if (options.live !== undefined || options.saveLive !== undefined)
    throw new CliError("--base is offline: it takes neither --live nor --save-live", null);
  const ground = await findGround(options, toolbox);
  const from = await atRevision(dir, base, ground, toolbox);
  const to = await headOf(dir, options.head, ground, toolbox);
  const { desired } = to.compilation;
  const findings = findingsOffline(desired, await actionDataOf(desired, toolbox), toolbox.clock.nowMs());
  const offline = planOffline(from, to, findings);
  const notJudged = `not judged offline: ${[...notJudgedOffline(), "needs", "limits"].join(", ")}`;
  const about = `${rangeText(from.snapshot.revision, to.snapshot.revision)} · live state not read`;
  return { ...offline, gaps: [...problemLines(to), notJudged], about, incomplete: false };
}

function atRevision(root: string, revision: string, ground: Ground, toolbox: Toolbox): Promise<Project> {
  return toolbox
    .gitSnapshot({ ...requestFor(root, ground), revision }, toolbox.signal)
    .then((snapshot) => projectOf(snapshot, ground, toolbox));
}

/** A checkout without changes has the name of its commit. */
async function headOf(
  dir: string,
  head: string | undefined,
  ground: Ground,
  toolbox: Toolbox,
): Promise<Project> {
  if (head !== undefined) return atRevision(dir, head, ground, toolbox);
  const here = await loadDirectory(dir, ground, toolbox);
  const committed = await atRevision(dir, "HEAD", ground, toolbox);
  return sameFiles(here, committed) ? committed : here;
}

function sameFiles(a: Project, b: Project): boolean {
  const contents = ({ snapshot }: Project): string =>
    JSON.stringify([
      snapshot.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString("base64")]),
      snapshot.refused.map(({ path }) => path),
    ]);
  return contents(a) === contents(b);
}

async function againstLive(
  dir: string | undefined,
  options: PlanOptions,
  toolbox: Toolbox,
): Promise<PlanReport> {
  if (options.head !== undefined) throw new CliError("--head belongs to --base", null);
  if (options.live !== undefined) return onSaved(dir, options.live, options, toolbox);
  const installation = await requireForLive(options, toolbox);
  const { config } = installation;
  const project = await projectFor(dir, installation, toolbox);
  const nowMs = toolbox.clock.nowMs();
  const about = {
    savedAt: new Date(nowMs).toISOString(),
    instance: config.instance,
    mode: config.mode,
    limits: config.limits,
    sweepMs: config.sweepMs,
  };
  const ground: PlanGround = {
    project,
    actionData: await actionDataOf(project.compilation.desired, toolbox),
    saved: about,
    nowMs,
  };
  const saved: LiveStateSaved = {
    format: "grantkeeper-live/1",
    ...about,
    accounts: await readAccounts(installation, ground, toolbox),
  };
  if (options.saveLive !== undefined) await saveLive(options.saveLive, saved);
  return reportOn(saved, ground);
}

async function requireForLive(options: PlanOptions, toolbox: Toolbox): Promise<Installation> {
  try {
    return await requireInstallation(options, toolbox);
  } catch (error) {
    if (!(error instanceof CliError) || !error.message.startsWith("there is no")) throw error;
    throw new CliError(
      "plan needs to know what to compare with",
      "--base REV (offline, git against git), --live FILE (a saved state), or --config FILE (live AWS)",
    );
  }
}

async function projectFor(
  dir: string | undefined,
  installation: Installation,
  toolbox: Toolbox,
): Promise<Project> {
  const ground = groundOf(installation.config);
  if (dir !== undefined) return loadDirectory(dir, ground, toolbox);
  const source = await installation.source();
  const snapshot = await withProgress(`fetching ${source.name}`, toolbox, () =>
    source.latest(toolbox.signal),
  );
  return projectOf(snapshot, ground, toolbox);
}

async function readAccounts(
  installation: Installation,
  ground: PlanGround,
  toolbox: Toolbox,
): Promise<readonly SavedAccount[]> {
  const accounts = [...ground.project.compilation.desired.accounts.values()];
  const record = await installation.record();
  const aws = await installation.aws();
  try {
    return await withProgress("reading AWS", toolbox, async (say) => {
      let done = 0;
      return Promise.all(
        accounts.map(async (account) => {
          const saved = await readAccount(account, ground, { live: aws.live, record }, toolbox);
          done += 1;
          say(`reading AWS: ${done} of ${accounts.length} accounts`);
          return saved;
        }),
      );
    });
  } finally {
    aws.close();
    record?.close();
  }
}

async function onSaved(
  dir: string | undefined,
  file: string,
  options: PlanOptions,
  toolbox: Toolbox,
): Promise<PlanReport> {
  if (options.saveLive !== undefined)
    throw new CliError("--live reads a saved state: there is nothing to save", null);
  const saved = await loadLive(file);
  const ground = await findGround(options, toolbox);
  const project = await loadDirectory(dir ?? ".", { ...ground, instance: saved.instance }, toolbox);
  const actionData = await actionDataOf(project.compilation.desired, toolbox);
  return reportOn(saved, { project, actionData, saved, nowMs: Date.parse(saved.savedAt) });
}

function reportOn(saved: LiveStateSaved, ground: PlanGround): PlanReport {
  const { project } = ground;
  const planned = [...project.compilation.desired.accounts.values()].map((account) => {
    const found = saved.accounts.find(({ accountId }) => accountId === account.id);
    if (found === undefined) return gapOf(`${account.name} is not in the saved state`);
    if (found.live.kind === "failed") return gapOf(`${account.name} was not read: ${found.live.reason}`);
    const { views, unread } = planAccount(account, found, found.live.account, ground);
    const gaps = unread.map(({ target, reason }) => `not compared  ${target}: ${reason}`);
    const limits =
      found.record === null
        ? [`${account.name}: no record here, so limits, approvals, waits and deletes are not judged`]
        : [];
    return {
      views,
      gaps: [...gaps, ...limits],
      incomplete: unread.length > 0 || !found.live.account.complete,
    };
  });
  const incomplete = planned.some((one) => one.incomplete);
  const at = `live state of ${saved.savedAt.slice(11, 19)}, ${incomplete ? "incomplete" : "complete"}`;
  return {
    views: planned.flatMap(({ views }) => views).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    settings: [],
    gaps: [...problemLines(project), ...planned.flatMap(({ gaps }) => gaps)],
    about: `${revisionText(project.snapshot.revision)} · ${at}`,
    incomplete,
  };
}

function gapOf(gap: string): Pick<PlanReport, "views" | "gaps" | "incomplete"> {
  return { views: [], gaps: [gap], incomplete: true };
}

function problemLines({ compilation }: Project): readonly string[] {
  const errors = compilation.diagnostics.filter(({ severity }) => severity === "error");
  return errors.map(({ origin, message }) => `${origin.file}:${origin.line}:${origin.column}  ${message}`);
}
