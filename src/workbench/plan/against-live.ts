import { type Source } from "../../controller/ports/source.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { ChangeAuthors } from "../../model/authors.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { type Revision, revisionParts, shortRevision } from "../../model/values/revision.ts";
import { byTextOf } from "../../text/order.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { actionDataOf } from "../project/findings.ts";
import { findInstallation } from "../../cli/toolbox/installation.ts";
import { ago } from "../../wording/time.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import {
  projectSettings,
  settingsOf,
  loadDirectory,
  projectOf,
  type Project,
  type ProjectSettings,
} from "../project/project.ts";
import { knownOf } from "../project/known-documents.ts";
import { readLiveReferences, withReferences } from "../project/live-references.ts";
import type { RecordReader } from "../../controller/ports/store.ts";
import type { Installation, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { loadLive, readIn, saveLive, type LiveStateSaved, type SavedAccount } from "./live-file.ts";
import { plannedReferences } from "./references/planned.ts";
import { modeChange } from "./mode-changes.ts";
import { planAccount, readAccount, type PlanSetup } from "./online.ts";
import { authorsIfNeeded, authorsOfPlan } from "./authors.ts";
import { atRevision, checkoutText } from "./checkout.ts";
import { pathInRepository } from "../project/repository-path.ts";
import {
  manifestErrors,
  planProblems,
  skippedLines,
  type PlanReport,
  ONLY_OF_REVISIONS,
  readingLines,
} from "./report.ts";
import { orThrow } from "../../model/values/result.ts";

interface LiveOptions extends ConfigOptions {
  readonly liveFile?: string;
  readonly saveLive?: string;
}

/** Against live AWS, or against a state that was saved. @throws CliError, SourceError, AwsError */
export async function againstLive(
  dir: string | undefined,
  options: LiveOptions,
  toolbox: Toolbox,
): Promise<PlanReport> {
  if (options.liveFile !== undefined)
    return onSaved(dir, { ...options, liveFile: options.liveFile }, toolbox);
  const installation = await requireForLive(options, toolbox);
  const record = await installation.record();
  try {
    return await onRecord(dir, { options, installation, record }, toolbox);
  } finally {
    record?.close();
  }
}

interface OpenedInstallation {
  readonly options: LiveOptions;
  readonly installation: Installation;
  readonly record: RecordReader | null;
}

async function onRecord(
  dir: string | undefined,
  { options, installation, record }: OpenedInstallation,
  toolbox: Toolbox,
): Promise<PlanReport> {
  const { config } = installation;
  const source = record === null ? null : await record.source(config.source.name);
  const { changeAuthors, ...planned } = await manifestsFor(dir, { installation, source }, toolbox);
  const references = await readLiveReferences(planned.project, installation, toolbox);
  const { project, ...shown } = withReferences(planned, references);
  const nowMs = toolbox.clock.nowMs();
  const about = {
    source,
    savedAt: new Date(nowMs).toISOString(),
    instance: config.instance,
    mode: config.mode,
    limits: config.limits,
    sweepMs: config.sweepMs,
  };
  const context: PlanSetup = {
    project,
    actionData: await actionDataOf(project.compilation.desired, [], toolbox),
    saved: about,
    nowMs,
    version: toolbox.version,
    changeAuthors,
  };
  const saved: LiveStateSaved = {
    format: "grantkeeper-live/1",
    ...about,
    ...(references !== null && { references }),
    accounts: await readAccounts({ installation, record }, context, toolbox),
  };
  requireAnswer(saved.accounts);
  if (options.saveLive !== undefined) await saveLive(options.saveLive, saved);
  const actionData = await actionDataOf(project.compilation.desired, readIn(saved), toolbox);
  return reportOn(saved, { ...context, actionData }, { atMs: nowMs, ...shown });
}

async function requireForLive(options: LiveOptions, toolbox: Toolbox): Promise<Installation> {
  const installation = await findInstallation(options, toolbox);
  if (installation !== null) return installation;
  throw new CliError(
    "plan needs to know what to compare with",
    "--base REV (offline, two revisions of Git), --live-file FILE (a saved state), or --config FILE (live AWS)",
  );
}

/** The manifests of the plan, and their revision as the report shows it. */
interface PlannedManifests {
  readonly project: Project;
  readonly changeAuthors: ChangeAuthors;
  readonly revision: string;
  /** From the root of the repository to the folder of the manifests. */
  readonly root: string;
}

async function manifestsFor(
  dir: string | undefined,
  {
    installation,
    source: accepted,
  }: { readonly installation: Installation; readonly source: SourceRecord | null },
  toolbox: Toolbox,
): Promise<PlannedManifests> {
  const settings: ProjectSettings = {
    ...settingsOf(installation.config),
    ...knownOf(accepted),
    others: await namespaceSnapshots(installation, toolbox),
  };
  if (dir !== undefined) return manifestsOf(dir, { settings, accepted }, toolbox);
  const source = await installation.source();
  const snapshot = await fetched(source, toolbox);
  const project = projectOf({ snapshot, skipped: [] }, settings, toolbox);
  const authorsSince = async (revision: Revision): Promise<ChangeAuthors> =>
    orThrow(await source.compare(revision, snapshot.revision, toolbox.signal)).authors;
  const changeAuthors = await authorsIfNeeded(project, accepted, authorsSince);
  return { project, changeAuthors, revision: shortRevision(snapshot.revision), root: "" };
}

/** The newest revision of each namespace source: a plan covers every namespace. */
async function namespaceSnapshots(
  installation: Installation,
  toolbox: Toolbox,
): Promise<readonly Snapshot[]> {
  const sources = await installation.namespaceSources();
  return Promise.all(sources.map(({ source }) => fetched(source, toolbox)));
}

async function fetched(source: Source, toolbox: Toolbox): Promise<Snapshot> {
  const latest = await withProgress(`fetching ${source.name}`, toolbox, () => source.latest(toolbox.signal));
  // A repository that the operator's file names and that does not exist is unreachable, as in `reconcile`.
  if (latest.kind === "ok" || latest.error.code !== "not-found") return orThrow(latest);
  const { error: cause } = latest;
  const facts = { exitCode: 4, cause, place: `source ${source.name}`, code: "NotFound" } as const;
  throw new CliError(cause.message, cause.fix, facts);
}

async function manifestsOf(
  dir: string,
  { settings, accepted }: { readonly settings: ProjectSettings; readonly accepted: SourceRecord | null },
  toolbox: Toolbox,
): Promise<PlannedManifests> {
  const project = await loadDirectory(dir, settings, toolbox);
  const revision = await checkoutText(dir, project, { settings, toolbox });
  const authorsSince = async (base: Revision): Promise<ChangeAuthors> => {
    const range = { root: dir, base: revisionParts(base).hash, head: "HEAD" };
    const committed = await atRevision({ root: dir, revision: "HEAD" }, settings, toolbox);
    return authorsOfPlan(range, { head: project, committed }, { settings, toolbox });
  };
  const changeAuthors = await authorsIfNeeded(project, accepted, authorsSince);
  return { project, changeAuthors, revision, root: await pathInRepository(dir) };
}

/** @throws CliError if AWS was not reached for any account */
function requireAnswer(accounts: readonly SavedAccount[]): void {
  const failures = accounts.flatMap(({ live }) => (live.kind === "failed" && live.unreachable ? [live] : []));
  const [first] = failures;
  if (first === undefined || failures.length < accounts.length) return;
  throw new CliError(first.reason, first.fix, { exitCode: 4 });
}

async function readAccounts(
  { installation, record }: Pick<OpenedInstallation, "installation" | "record">,
  context: PlanSetup,
  toolbox: Toolbox,
): Promise<readonly SavedAccount[]> {
  const accounts = [...context.project.compilation.desired.accounts.values()];
  const aws = await installation.aws();
  try {
    return await withProgress("reading AWS", toolbox, async (showText) => {
      let done = 0;
      return Promise.all(
        accounts.map(async (account) => {
          const saved = await readAccount(account, context, {
            live: aws.live,
            record,
            signal: toolbox.signal,
          });
          done += 1;
          showText(`reading AWS: ${done} of ${accounts.length} accounts`);
          return saved;
        }),
      );
    });
  } finally {
    aws.close();
  }
}

async function onSaved(
  dir: string | undefined,
  options: LiveOptions & { readonly liveFile: string },
  toolbox: Toolbox,
): Promise<PlanReport> {
  if (options.saveLive !== undefined)
    throw new CliError("--live-file reads a saved state: there is nothing to save", null);
  const saved = await loadLive(options.liveFile);
  const settings = await projectSettings(options, toolbox);
  const ofInstance = { ...settings, instance: saved.instance };
  const accepted = saved.source ?? null;
  const known = { settings: { ...ofInstance, ...knownOf(accepted) }, accepted };
  const { changeAuthors, ...planned } = await manifestsOf(dir ?? ".", known, toolbox);
  const { project, ...shown } = withReferences(planned, saved.references ?? null);
  const actionData = await actionDataOf(project.compilation.desired, readIn(saved), toolbox);
  const nowMs = Date.parse(saved.savedAt);
  const context = { project, actionData, saved, changeAuthors, nowMs, version: toolbox.version };
  return reportOn(saved, context, { atMs: toolbox.clock.nowMs(), ...shown });
}

function reportOn(
  saved: LiveStateSaved,
  context: PlanSetup,
  shown: Omit<PlannedManifests, "project" | "changeAuthors"> & { readonly atMs: number },
): PlanReport {
  const { project } = context;
  const { accounts, bindings } = project.compilation.desired;
  const planned = [...accounts.values()].map((account) => planSaved(account, saved, context));
  const incomplete = planned.some((one) => one.incomplete);
  const at = `AWS read ${ago(saved.savedAt, shown.atMs)}, ${incomplete ? "incomplete" : "complete"}`;
  const views = planned.flatMap((one) => one.views).toSorted(byTextOf(({ key }) => key));
  return {
    views,
    ...ONLY_OF_REVISIONS,
    modeChanges: [...accounts.values()].flatMap((account) => {
      const recorded = saved.accounts.find(({ accountId }) => accountId === account.id)?.record?.account;
      return modeChange(recorded?.declared ?? null, account, { bindings, processMode: saved.mode }) ?? [];
    }),
    ruleEffects: planned.flatMap(({ ruleEffects }) => ruleEffects),
    errors: manifestErrors(project),
    references: plannedReferences(project, views, saved),
    gaps: [
      ...skippedLines(project),
      ...planned.flatMap(({ gaps }) => gaps),
      ...readingLines(saved, bindings),
    ],
    about: `${shown.revision}; ${at}`,
    incomplete,
    problems: planProblems(project, views),
    root: shown.root,
    service: null,
  };
}

type PlannedAccount = Pick<PlanReport, "views" | "gaps" | "ruleEffects" | "incomplete">;

function planSaved(
  account: DesiredAccount,
  { accounts }: LiveStateSaved,
  context: PlanSetup,
): PlannedAccount {
  const found = accounts.find(({ accountId }) => accountId === account.id);
  if (found === undefined) return gapOf(`${account.name} is not in the saved state`);
  if (found.live.kind === "failed") return gapOf(`${account.name} was not read: ${found.live.reason}`);
  const seen = { live: found.live.account, record: found.record };
  const { views, unread, ruleEffects } = planAccount(account, seen, context);
  const gaps = unread.map(({ target, reason }) => `not compared: ${target}: ${reason}`);
  return { views, gaps, ruleEffects, incomplete: unread.length > 0 || !found.live.account.complete };
}

function gapOf(gap: string): PlannedAccount {
  return { views: [], gaps: [gap], ruleEffects: [], incomplete: true };
}
