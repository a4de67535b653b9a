import { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import { DeclarationDigests } from "../../diff/drift/declaration-digests.ts";
import { RoleChecks } from "../../guard/context/role-checks.ts";
import { recentWrites } from "../../diff/drift/recent-writes.ts";
import { Comparer } from "../../iam/compare/comparer.ts";
import { firstAccountRecord } from "../../model/records/account-record.ts";
import { judge } from "../../judge/judge.ts";
import { historyMs } from "../../judge/plan-subject.ts";
import { desiredOf, modeOf, type Subject } from "../../judge/subject.ts";
import { subjectsInScope } from "../../judge/subjects.ts";
import { pendingAuthors } from "../../manifest/revision/pending-authors.ts";
import type { LiveState } from "../../controller/ports/live-state.ts";
import type { ActionData } from "../../iam/action-data.ts";
import { catalogueDigest } from "../../manifest/schema/reference.ts";
import { isPreapprovedByAll } from "../../judge/approvals/new-access.ts";
import { pendingAuthorsOf, type ChangeAuthors } from "../../model/authors.ts";
import { fixOfAwsError } from "../../model/aws/errors/aws-error.ts";
import { type DesiredAccount, isBinding } from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import { profileEffects } from "./merge/profile-effects.ts";
import { type Key, placeText, targetText } from "../../model/keys/key.ts";
import { lastAppliedOf } from "../../model/keys/last-applied.ts";
import { netDelta, NO_DELTA } from "../../model/delta.ts";
import { liveFunction, type LiveAccount } from "../../model/live.ts";
import type { PlanView } from "../../plan/render/plan-view.ts";
import type { Project } from "../project/project.ts";
import type { RecordReader } from "../../controller/ports/store.ts";
import { recordedUnread } from "../../manifest/revision/unread.ts";
import { errorText, unreadKeys } from "./broken-keys.ts";
import type { LiveStateSaved, SavedAccount } from "./live-file.ts";
import { complete } from "../../model/values/steps.ts";
import { reasonNotes } from "./reasons.ts";
import { usedRoleChange } from "./used-role-change.ts";
import { unchangedLive } from "./unchanged.ts";
import type { KeyJudgement } from "../../judge/judgement.ts";
import type { JudgeContext, JudgeInputs } from "../../judge/inputs.ts";
import { sweepRequest } from "../../judge/reads.ts";

const WAITING_TEXT = "the function does not exist yet: its role is created first, its callers when it exists";
/** The manifests and what they are compared with. */
export interface PlanSetup {
  readonly project: Project;
  readonly actionData: ActionData;
  readonly saved: Omit<LiveStateSaved, "accounts" | "format">;
  readonly nowMs: number;
  /** Of Grantkeeper. */
  readonly version: string;
  /** Of what differs from the accepted revision. */
  readonly changeAuthors: ChangeAuthors;
}

interface AccountReaders {
  readonly live: LiveState;
  readonly record: RecordReader | null;
  readonly signal: AbortSignal;
}

/** Reads one account: a sweep of what its manifests and its record name. */
export async function readAccount(
  account: DesiredAccount,
  context: PlanSetup,
  { live: state, record, signal }: AccountReaders,
): Promise<SavedAccount> {
  const recordedAccount = record === null ? null : await readRecord(account, context, record);
  const subjects = subjectsInScope(
    judgeInputs(account, recordedAccount, context),
    { kind: "all" },
    context.nowMs,
  );
  const id = `plan-${context.nowMs.toString(36)}`;
  const read = await state.sweep(sweepRequest(subjects, { account, id }), signal);
  if (read.kind === "ok")
    return { accountId: account.id, live: { kind: "read", account: read.value }, record: recordedAccount };
  const { message, facts } = read.error;
  // Without an answer there is no request id: the network or the credentials are missing.
  const unreachable = facts.requestId === null && facts.denial === undefined;
  const live = { kind: "failed", reason: message, fix: fixOfAwsError(read.error), unreachable } as const;
  return { accountId: account.id, live, record: recordedAccount };
}

async function readRecord(
  account: DesiredAccount,
  context: PlanSetup,
  record: RecordReader,
): Promise<SavedAccount["record"]> {
  const accounts = await record.accounts();
  const sinceMs = context.nowMs - historyMs(account);
  return {
    account: accounts.find(({ accountId }) => accountId === account.id) ?? null,
    keys: await record.keys(account.id),
    writes: await record.writesSince(account.id, sinceMs),
  };
}

export interface AccountPlan {
  readonly views: readonly PlanView[];
  /** What the rules refuse now and did not before, and the reverse: the account has not confirmed the present profiles. */
  readonly ruleEffects: readonly string[];
  /** Keys of which nothing can be concluded, and why. */
  readonly unread: readonly { readonly target: string; readonly reason: string }[];
}

/** The same judgement as the controller's pass. */
export function planAccount(
  account: DesiredAccount,
  saved: { readonly live: LiveAccount; readonly record: SavedAccount["record"] },
  context: PlanSetup,
): AccountPlan {
  const inputs: JudgeContext = {
    ...judgeInputs(account, saved.record, context),
    live: saved.live,
    writes: recentWrites(saved.record?.writes ?? []),
    nowMs: context.nowMs,
  };
  const { judged, unjudged } = judge(inputs, subjectsInScope(inputs, { kind: "all" }, context.nowMs));
  const hasRecord = saved.record !== null;
  return {
    views: [
      ...judged.map((one) => viewOf(one, inputs, hasRecord)),
      ...unjudged.flatMap((one) =>
        one.kind === "unusable" ? [brokenView(one.subject, account, hasRecord)] : [],
      ),
    ],
    ruleEffects: profileEffects(
      findingsByKey(judged, ({ findings, formerFindings }) => formerFindings ?? findings),
      findingsByKey(judged, ({ findings }) => findings),
      new Map(judged.map(({ subject: { key }, stricter }) => [key, stricter?.by ?? []])),
    ),
    unread: unjudged.flatMap((one) =>
      one.kind === "unknown"
        ? [{ target: targetText({ key: one.subject.key, account: account.name }), reason: one.reason }]
        : [],
    ),
  };
}

function findingsByKey(
  judged: readonly KeyJudgement[],
  of: (one: KeyJudgement) => readonly Finding[],
): ReadonlyMap<Key, readonly Finding[]> {
  return new Map(judged.map((one) => [one.subject.key, of(one)]));
}

/** A manifest that cannot be used and of which nothing is recorded as applied: there is nothing to compare AWS with. */
function brokenView(subject: Subject, account: DesiredAccount, hasRecord: boolean): PlanView {
  const { key } = subject;
  return {
    key,
    file: fileOf(subject),
    target: placeText({ key, account: account.name }),
    plan: null,
    delta: NO_DELTA,
    isPreapproved: false,
    approvers: [],
    isObserved: false,
    notes: [],
    findings: [],
    broken: brokenText(subject) ?? "the manifest cannot be used",
    brokenBase: null,
    applied: hasRecord ? { kind: "none" } : { kind: "unknown" },
    isNew: true,
    published: null,
    verdict: null,
    unchanged: null,
  };
}

function viewOf(
  { subject, plan, findings, verdict, notes, waitsForFunction }: KeyJudgement,
  inputs: JudgeContext,
  hasRecord: boolean,
): PlanView {
  const state = desiredOf(subject);
  const isObserved = modeOf(subject, inputs) === "observe" && plan.actions.length > 0;
  const delta = netDelta(plan.actions.map((action) => action.delta));
  const used = usedRoleChange({ subject, plan, delta }, inputs);
  return {
    key: subject.key,
    file: fileOf(subject),
    target: placeText({ key: subject.key, account: inputs.account.name }),
    plan,
    delta: used.delta,
    approvers: [],
    isPreapproved:
      state !== null && isBinding(state) && isPreapprovedByAll(state, delta, approvalRules(subject, inputs)),
    isObserved,
    notes: [
      ...(waitsForFunction ? [WAITING_TEXT] : []),
      ...used.notes,
      ...notes,
      ...(state === null ? [] : reasonNotes(state, used.delta)),
      ...(isObserved ? ["observe: these calls are not made"] : []),
    ],
    findings,
    broken: brokenText(subject),
    brokenBase: null,
    applied: hasRecord ? lastAppliedOf(subject.record.applied?.revision ?? null) : { kind: "unknown" },
    isNew: subject.record.applied === null,
    published: publishedOn(state, inputs.live),
    verdict,
    unchanged: state !== null && isBinding(state) ? unchangedLive(state, inputs.live) : null,
  };
}

function approvalRules({ key }: Subject, { desired, actionData, authors }: JudgeContext) {
  const pending = pendingAuthorsOf(authors, key);
  return { desired, actionData, authors: new Map(pending === null ? [] : [[key, pending]]) };
}

function brokenText(subject: Subject): string | null {
  const first = subject.kind === "invalid" ? subject.diagnostics[0] : undefined;
  return first === undefined ? null : errorText(first);
}

/** Published versions on the role that is planned for, with their aliases. */
function publishedOn(state: ReturnType<typeof desiredOf>, live: LiveAccount): PlanView["published"] {
  if (state === null || !isBinding(state)) return null;
  const functionReading = liveFunction(live, state.region, state.functionName);
  if (functionReading.kind === "absent") return [];
  if (functionReading.kind !== "present") return null;
  const { versions, aliases } = functionReading.value;
  if (versions.kind !== "present" || aliases.kind !== "present") return null;
  return versions.value
    .filter(({ roleArn }) => roleArn === state.role.arn)
    .map(({ version }) => ({
      version,
      aliases: aliases.value.filter((alias) => alias.versions.includes(version)).map(({ name }) => name),
    }));
}

function fileOf(subject: Subject): string | null {
  if (subject.kind === "desired") return subject.desired.origin.file;
  return subject.kind === "invalid" ? (subject.diagnostics[0]?.origin.file ?? null) : null;
}

/** Without a record nothing is held for what only the record knows. */
function judgeInputs(
  account: DesiredAccount,
  record: SavedAccount["record"],
  { project, actionData, saved, changeAuthors, version }: PlanSetup,
): JudgeInputs {
  const { compilation, snapshot, namespaceRevisions } = project;
  const texts = new CompiledTexts();
  return {
    account,
    history:
      record === null
        ? null
        : {
            record: record.account ?? firstAccountRecord(account.id, account.name),
            approvals: [],
          },
    revision: snapshot.revision,
    ...(namespaceRevisions && { namespaceRevisions }),
    authors: complete(
      pendingAuthors(compilation, changeAuthors, {
        record: saved.source ?? null,
        keys: record?.keys ?? [],
        objects: [],
        paths: project.paths,
        approvers: NO_APPROVERS,
      }),
    ),
    desired: compilation.desired,
    invalid: compilation.invalid,
    brokenFileKeys: unreadKeys(project, {
      fileKeys: fileKeysOf(record),
      unreadFiles: recordedUnread(saved.source ?? null),
    }),
    instance: saved.instance,
    mode: saved.mode,
    limits: saved.limits,
    records: new Map((record?.keys ?? []).map((one) => [one.key, one])),
    shown: new Map(),
    catalogueDigest,
    version,
    actionData,
    sweepMs: saved.sweepMs,
    comparer: new Comparer(),
    roleChecks: new RoleChecks(texts),
    texts,
    declarations: new DeclarationDigests(),
  };
}

/** A plan names authors, and is approved elsewhere. */
const NO_APPROVERS: ReadonlySet<string> = new Set();

/** By file: what the record has as applied from it. */
function fileKeysOf(record: SavedAccount["record"]): Readonly<Record<string, readonly Key[]>> {
  const applied = (record?.keys ?? []).flatMap(({ key, applied: last }) => {
    if (last === null) return [];
    const { desired } = last;
    const { origin } = desired.kind === "binding" ? desired.binding : desired.policy;
    return [{ key, file: origin.file }];
  });
  const byFile = [...Map.groupBy(applied, ({ file }) => file)];
  return Object.fromEntries(byFile.map(([file, keys]) => [file, keys.map(({ key }) => key)]));
}
