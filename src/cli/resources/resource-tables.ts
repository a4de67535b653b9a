import type { BindingObject, DriftObject, FunctionObject } from "../../api/bindings.ts";
import type { SuspensionObject } from "../../api/commands.ts";
import type {
  AccountStatus,
  AwsAccountObject,
  BindingStatus,
  FunctionPermissionObject,
  ManagedPolicyObject,
  OwnerStatus,
  WaiverObject,
} from "../../api/manifests.ts";
import type { TeamFenceStatus, TeamObject, TeamShare } from "../../api/teams.ts";
import type { OrphanObject } from "../../api/overview.ts";
import type { Condition } from "../../model/status.ts";
import { readDelta } from "../../iam/row-text.ts";
import { driftCauseText, driftRisks } from "../../model/drift.ts";
import { driftLine } from "../../plan/render/drift-line.ts";
import { addressOf, targetText } from "../../model/keys/key.ts";
import { modeText, shortHash, waitText } from "../../wording/words.ts";
import { scopeText } from "../../model/keys/suspension-scope.ts";
import { riskTone } from "../../text/screen-line.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import { age, ago, deadline } from "../../wording/time.ts";
import { shortArn } from "../../plan/render/words.ts";

/** What cells need in addition to the object. */
export interface TableContext {
  readonly nowMs: number;
  /** By account id. */
  readonly accounts: ReadonlyMap<string, string>;
}

export function ownerColumns(): readonly Column<FunctionPermissionObject | ManagedPolicyObject>[] {
  return [
    { title: "NAME", cell: ({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}` },
    { title: "STATUS", cell: ({ status }) => statusText(status) },
    {
      title: "BINDINGS",
      cell: ({ status }) =>
        `${status.bindings.filter(({ sync }) => sync === "Synced").length}/${status.bindings.length}`,
      align: "right",
    },
    { title: "WHY", cell: ({ status }) => whyOf(status) },
    { title: "FILE", cell: ({ status }) => `${status.source.file}:${status.source.line}`, isCut: "start" },
  ];
}

/** At 80 columns one line a row: the rest is in `-o wide`. */
export function bindingColumns({ nowMs }: TableContext): readonly Column<BindingObject>[] {
  return [
    { title: "TARGET", cell: ({ status }) => targetText(status) },
    { title: "MODE", cell: modeText },
    { title: "SYNC", cell: ({ status }) => status.sync },
    { title: "HEALTH", cell: ({ status }) => status.health, isWide: true },
    { title: "READ", cell: ({ status }) => readAge(status.lastVerifiedAt, nowMs), watched: () => "" },
    { title: "APPLIED", cell: ({ status }) => shortHash(status.lastAppliedRevision), isWide: true },
  ];
}

export const BINDING_REASON: MessageColumn<BindingObject> = {
  title: "WHY",
  texts: ({ status }) => {
    const why = whyOf({ conditions: status.conditions, bindings: [status] });
    return why === "" ? [] : [why];
  },
};

function readAge(at: string | null, nowMs: number): string {
  return at === null ? "-" : age(at, nowMs);
}

export function accountColumns({ nowMs }: TableContext): readonly Column<AwsAccountObject>[] {
  return [
    { title: "NAME", cell: ({ metadata }) => metadata.name },
    { title: "ID", cell: ({ spec, status }) => status?.accountId ?? textOf(spec["id"]) },
    { title: "MODE", cell: ({ spec, status }) => status?.mode ?? textOf(spec["mode"]) },
    { title: "REGIONS", cell: ({ spec }) => textOf(spec["regions"]), isCut: true },
    {
      title: "SYNCED",
      cell: ({ status }) => (status === null ? "-" : syncedText(status)),
      align: "right",
    },
    {
      title: "READ",
      cell: ({ status }) => accountReadText(status, nowMs),
      watched: ({ status }) => String(status?.comparing),
    },
    {
      title: "WHY",
      cell: ({ status }) => (status === null ? "does not compile: grantkeeper validate" : accountWhy(status)),
      isCut: true,
    },
  ];
}

function accountReadText(status: AwsAccountObject["status"], nowMs: number): string {
  const at = status?.lastSweepAt ?? null;
  return `${ago(at, nowMs)}${at !== null && status?.comparing === true ? ", comparing" : ""}`;
}

/** An account whose document has an error is still read, as it was declared before. */
function accountWhy({ broken, failing, unread }: NonNullable<AwsAccountObject["status"]>): string {
  const [first, ...others] = unread;
  const left =
    first === undefined ? [] : [others.length === 0 ? first : `${first} and ${others.length} more`];
  return [...(broken === null ? [] : [broken]), ...(failing === null ? [] : [failing.reason]), ...left].join(
    "; ",
  );
}

/** The facts from before a failed read may be wrong by now. */
function syncedText({ counts, failing, lastSweepAt }: AccountStatus): string {
  return failing !== null || lastSweepAt === null ? "unknown" : `${counts.synced}/${counts.bindings}`;
}

export function teamColumns(): readonly Column<TeamObject>[] {
  return [
    { title: "NAME", cell: ({ metadata }) => metadata.name },
    { title: "ACCOUNTS", cell: ({ status: { fence } }) => listText(fence, fence?.accounts ?? ["*"]) },
    { title: "FUNCTIONS", cell: ({ status: { fence } }) => listText(fence, fence?.functions) },
    {
      title: "SYNCED",
      cell: ({ status: { counts } }) => `${counts.synced}/${counts.bindings}`,
      align: "right",
    },
    { title: "REFUSED", cell: ({ status }) => refusedText(status.refused) },
    { title: "RESOURCES", cell: ({ status: { fence } }) => listText(fence, fence?.resources), isWide: true },
    { title: "ALERTS", cell: ({ status: { fence } }) => listText(fence, fence?.alerts), isWide: true },
    {
      title: "SHARES",
      cell: ({ status: { fence } }) => listText(fence, sharedWith(fence?.given)),
      isWide: true,
    },
    {
      title: "BORROWS",
      cell: ({ status: { fence } }) => listText(fence, sharedWith(fence?.received)),
      isWide: true,
    },
    { title: "FILE", cell: ({ status }) => `${status.source.file}:${status.source.line}`, isCut: "start" },
  ];
}

function listText(fence: TeamFenceStatus | null, names: readonly string[] = []): string {
  if (fence === null) return "error: nothing";
  return names.length === 0 ? "-" : names.join(", ");
}

function sharedWith(shares: readonly TeamShare[] = []): readonly string[] {
  return shares.map(({ team, resources }) => `${team ?? "(another namespace)"}: ${resources.join(" ")}`);
}

/** `TEN-004 (2)`: how many functions and policies each rule refuses. */
function refusedText(refused: TeamObject["status"]["refused"]): string {
  const rules = Object.entries(refused).map(([rule, count]) => `${rule} (${count})`);
  return rules.length === 0 ? "-" : rules.join(", ");
}

export function functionColumns({ accounts }: TableContext): readonly Column<FunctionObject>[] {
  return [
    {
      title: "TARGET",
      cell: ({ status }) => targetText({ key: status.key, account: accountName(status, accounts) }),
    },
    { title: "FUNCTION", cell: ({ status }) => status.functionName, isWide: true },
    { title: "ROLE", cell: functionRole, isCut: true },
    { title: "DECLARED ROLE", cell: ({ status }) => shortArn(status.declaredRole), isWide: true },
    { title: "ADOPTION", cell: ({ status }) => status.adoption?.state ?? "-" },
    { title: "OTHER VERSIONS", cell: ({ status }) => otherVersions(status.live), isWide: true },
  ];
}

function functionRole({ status }: FunctionObject): string {
  const { live, declaredRole, isInGit } = status;
  if (live === null) return "does not exist, or not read";
  if (live.edge) return "Lambda@Edge: left alone";
  if (!isInGit) return `${shortArn(live.roleArn)}; its manifest was removed`;
  return live.roleArn === declaredRole ? "as declared" : `other: ${shortArn(live.roleArn)}`;
}

function otherVersions(live: FunctionObject["status"]["live"]): string {
  if (live === null || live.versionsOnOtherRoles === null) return "not read";
  return live.versionsOnOtherRoles.length === 0 ? "none" : live.versionsOnOtherRoles.join(", ");
}

function accountName(
  { account, accountId }: { readonly account: string; readonly accountId: string },
  accounts: ReadonlyMap<string, string>,
): string {
  return account === "" ? (accounts.get(accountId) ?? accountId) : account;
}

export function driftColumns({ nowMs, accounts }: TableContext): readonly Column<DriftObject>[] {
  return [
    { title: "TARGET", cell: ({ status }) => targetText(addressOf(status.key, accounts)) },
    { title: "SINCE", cell: ({ status }) => (status.since === null ? "now" : age(status.since, nowMs)) },
    { title: "CAUSE", cell: ({ status }) => driftCauseText(status) },
  ];
}

const OUTDATED = "; seen before Git changed, not compared since";

export const DRIFT_DIFFERENCE: MessageColumn<DriftObject> = {
  title: "DIFFERENCE",
  tone: ({ status }) => riskTone(driftRisks({ ...status, delta: readDelta(status.delta) })),
  // In one text: in a pipe each row is one line, and a search of it finds the mark with its target.
  texts: ({ status }) => [
    `${driftLine({ ...status, delta: readDelta(status.delta) })}${status.isOutdated === true ? OUTDATED : ""}`,
  ],
};

export function orphanColumns({ nowMs }: TableContext): readonly Column<OrphanObject>[] {
  return [
    { title: "OBJECT", cell: ({ status }) => shortArn(status.arn) },
    { title: "ACCOUNT", cell: ({ status }) => status.account },
    { title: "SINCE", cell: ({ status }) => age(status.since, nowMs) },
  ];
}

export const ORPHAN_REASON: MessageColumn<OrphanObject> = {
  title: "WHY IT STAYS",
  texts: ({ status }) => [status.reason],
};

export function suspensionColumns({ nowMs, accounts }: TableContext): readonly Column<SuspensionObject>[] {
  return [
    { title: "ID", cell: ({ metadata }) => metadata.name },
    { title: "COVERS", cell: ({ spec }) => scopeText(spec.scope, accounts) },
    { title: "ENDS", cell: ({ spec }) => deadline(spec.until, nowMs) },
    { title: "BY", cell: ({ spec }) => spec.actor, isCut: true },
    { title: "REASON", cell: ({ spec }) => spec.reason, isCut: true },
  ];
}

export function waiverColumns({ accounts }: TableContext): readonly Column<WaiverObject>[] {
  return [
    { title: "NAME", cell: ({ metadata }) => metadata.name },
    { title: "RULE", cell: ({ spec }) => textOf(spec["rule"]) },
    {
      title: "BINDING",
      cell: ({ status }) =>
        status.binding === null ? "none: it lifts nothing" : targetText(addressOf(status.binding, accounts)),
    },
    { title: "UNTIL", cell: ({ spec }) => textOf(spec["until"]) },
    { title: "OWNER", cell: ({ spec }) => textOf(spec["owner"]), isCut: true },
    { title: "REASON", cell: ({ spec }) => textOf(spec["reason"]), isCut: true },
  ];
}

type ComparedStatus = Pick<OwnerStatus, "conditions"> & {
  readonly bindings: readonly Pick<BindingStatus, "sync">[];
};

function isOutOfSync({ bindings }: ComparedStatus): boolean {
  return bindings.some(({ sync }) => sync === "OutOfSync");
}

/** The condition that best explains why something is not ready or synced; "" if nothing is wrong. */
function whyOf(status: ComparedStatus): string {
  const { conditions } = status;
  const active = (type: Condition["type"]): Condition | undefined =>
    conditions.find((one) => one.type === type && one.status === "True");
  const ready = readyOf(conditions);
  // An observed binding differs as long as Git is not enforced: drift is in `get drift`.
  const differs = isOutOfSync(status) || active("Drifted") !== undefined;
  const isObserved = ready?.reason === "ObserveOnly" && differs;
  const explained = ready?.status === "True" && !isObserved ? active("Drifted") : ready;
  const worst = active("Suspended") ?? active("Stalled") ?? explained;
  return worst === undefined ? "" : (waitText(worst) ?? `${worst.reason}: ${worst.message}`);
}

/** In observe mode, `Ready` means compared: a difference is shown too. */
function statusText(status: ComparedStatus): string {
  const { conditions } = status;
  const ready = readyOf(conditions)?.status ?? "Unknown";
  if (ready !== "True") return ready === "False" ? "NotReady" : "Unknown";
  const isDrifted = conditions.some(({ type, status: value }) => type === "Drifted" && value === "True");
  if (isDrifted) return "Drifted";
  return isOutOfSync(status) ? "OutOfSync" : "Ready";
}

function readyOf(conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(({ type }) => type === "Ready");
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "-";
  if (Array.isArray(value)) return value.map(textOf).join(" ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
