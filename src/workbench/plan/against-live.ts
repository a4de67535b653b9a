import { byTextOf } from "../../text/order.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { actionDataOf } from "../project/findings.ts";
import { requireInstallation } from "../../cli/toolbox/installation.ts";
import { ago } from "../../cli/screen/time.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { projectSettings, settingsOf, loadDirectory, projectOf, type Project } from "../project/project.ts";
import type { Installation, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { loadLive, saveLive, type LiveStateSaved, type SavedAccount } from "./live-file.ts";
import { modeChange } from "./mode-changes.ts";
import { planAccount, readAccount, type PlanSetup } from "./online.ts";
import { problemLines, revisionText, skippedLines, type PlanReport } from "./report.ts";

export interface LiveOptions extends ConfigOptions {
  readonly liveFile?: string;
  readonly saveLive?: string;
}

/** Against live AWS, or against a state that was saved. @throws CliError, SourceError, AwsError */
export async function againstLive(
  dir: string | undefined,
  options: LiveOptions,
  toolbox: Toolbox,
): Promise<PlanReport> {
  if (options.liveFile !== undefined) return onSaved(dir, options.liveFile, options, toolbox);
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
  const context: PlanSetup = {
    project,
    actionData: await actionDataOf(project.compilation.desired, toolbox),
    saved: about,
    nowMs,
  };
  const saved: LiveStateSaved = {
    format: "grantkeeper-live/1",
    ...about,
    accounts: await readAccounts(installation, context, toolbox),
  };
  if (options.saveLive !== undefined) await saveLive(options.saveLive, saved);
  return reportOn(saved, context, nowMs);
}

async function requireForLive(options: LiveOptions, toolbox: Toolbox): Promise<Installation> {
  try {
    return await requireInstallation(options, toolbox);
  } catch (error) {
    if (!(error instanceof CliError) || !error.message.startsWith("there is no")) throw error;
    throw new CliError(
      "plan needs to know what to compare with",
      "--base REV (offline, git against git), --live-file FILE (a saved state), or --config FILE (live AWS)",
    );
  }
}

async function projectFor(
  dir: string | undefined,
  installation: Installation,
  toolbox: Toolbox,
): Promise<Project> {
  const settings = settingsOf(installation.config);
  if (dir !== undefined) return loadDirectory(dir, settings, toolbox);
  const source = await installation.source();
  const snapshot = await withProgress(`fetching ${source.name}`, toolbox, () =>
    source.latest(toolbox.signal),
  );
  return projectOf(snapshot, settings, toolbox);
}

async function readAccounts(
  installation: Installation,
  context: PlanSetup,
  toolbox: Toolbox,
): Promise<readonly SavedAccount[]> {
  const accounts = [...context.project.compilation.desired.accounts.values()];
  const record = await installation.record();
  const aws = await installation.aws();
  try {
    return await withProgress("reading AWS", toolbox, async (showText) => {
      let done = 0;
      return Promise.all(
        accounts.map(async (account) => {
          const saved = await readAccount(account, context, { live: aws.live, record }, toolbox);
          done += 1;
          showText(`reading AWS: ${done} of ${accounts.length} accounts`);
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
  options: LiveOptions,
  toolbox: Toolbox,
): Promise<PlanReport> {
  if (options.saveLive !== undefined)
    throw new CliError("--live-file reads a saved state: there is nothing to save", null);
  const saved = await loadLive(file);
  const settings = await projectSettings(options, toolbox);
  const project = await loadDirectory(dir ?? ".", { ...settings, instance: saved.instance }, toolbox);
  const actionData = await actionDataOf(project.compilation.desired, toolbox);
  return reportOn(
    saved,
    { project, actionData, saved, nowMs: Date.parse(saved.savedAt) },
    toolbox.clock.nowMs(),
  );
}

function reportOn(saved: LiveStateSaved, context: PlanSetup, shownAtMs: number): PlanReport {
  const { project } = context;
  const planned = [...project.compilation.desired.accounts.values()].map((account) => {
    const found = saved.accounts.find(({ accountId }) => accountId === account.id);
    if (found === undefined) return gapOf(`${account.name} is not in the saved state`);
    if (found.live.kind === "failed") return gapOf(`${account.name} was not read: ${found.live.reason}`);
    const { views, unread } = planAccount(account, found, found.live.account, context);
    const gaps = unread.map(({ target, reason }) => `not compared: ${target}: ${reason}`);
    return {
      views,
      gaps,
      incomplete: unread.length > 0 || !found.live.account.complete,
    };
  });
  const incomplete = planned.some((one) => one.incomplete);
  const at = `AWS read ${ago(saved.savedAt, shownAtMs)}, ${incomplete ? "incomplete" : "complete"}`;
  return {
    views: planned.flatMap(({ views }) => views).toSorted(byTextOf(({ key }) => key)),
    others: [],
    modeChanges: [...project.compilation.desired.accounts.values()].flatMap((account) => {
      const recorded = saved.accounts.find(({ accountId }) => accountId === account.id)?.record?.account;
      const { bindings } = project.compilation.desired;
      return modeChange(recorded?.declared ?? null, account, bindings.values(), saved.mode) ?? [];
    }),
    gaps: [
      ...problemLines(project),
      ...skippedLines(project),
      ...planned.flatMap(({ gaps }) => gaps),
      ...fixLines(saved),
      ...withoutRecord(saved),
    ],
    about: `${revisionText(project.snapshot.revision)}; ${at}`,
    incomplete,
  };
}

/** A hint for several accounts is shown once. */
function fixLines({ accounts }: LiveStateSaved): readonly string[] {
  const fixes = accounts.flatMap(({ live }) => (live.kind === "failed" ? (live.fix ?? []) : []));
  return [...new Set(fixes)].sort().map((fix) => `hint: ${fix}`);
}

function withoutRecord({ accounts }: LiveStateSaved): readonly string[] {
  return accounts.some(({ record }) => record === null)
    ? ["Skipped without the controller's record: limits, approvals, waits, deletes, mode changes"]
    : [];
}

function gapOf(gap: string): Pick<PlanReport, "views" | "gaps" | "incomplete"> {
  return { views: [], gaps: [gap], incomplete: true };
}
