import { accountNamesOf } from "../client/client.ts";
import type { AccountStatus } from "../../api/manifests.ts";
import type { OverviewObject, SourceStatus, NamespaceSourceStatus } from "../../api/overview.ts";
import { UNKNOWN_GROUP } from "../../model/rules/guardrail-profile.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { shortRevision } from "../../model/values/revision.ts";
import { bindingLines, policyLines } from "./binding-lines.ts";
import { coverageLines } from "./coverage-lines.ts";
import { itemLines } from "./action-items.ts";
import type { Layout } from "../screen/layout.ts";
import { replicaText } from "../../wording/replicas.ts";
import { revertLines } from "./reverts.ts";
import { table, type Column } from "../screen/table.ts";
import { comparingNotes } from "../screen/comparing.ts";
import { healthText, isQuiet } from "../../wording/overall-answer.ts";
import { fetchedName, inForceText, rollbackText } from "../../wording/rollback.ts";
import { tenancyNotes } from "../screen/tenancy.ts";
import { age, ago } from "../../wording/time.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { secondsText } from "../../model/changes/clock-offset.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

type ApiStatus = OverviewObject["status"];

/** The revision begins in this column, if there is space. */
const REVISION_COLUMN = 47;

/** Where there are more accounts, those with nothing to report are one line. */
const LISTED_ACCOUNTS = 10;

/** Whether an action is required, every account, each action with its hint, and what was reverted. */
export function statusLines(overview: ApiStatus, layout: Layout): readonly ScreenLine[] {
  const nowMs = Date.parse(overview.now);
  const { actionRequired, accounts, namespaceSources = [], reverts } = overview;
  const context = { nowMs, accounts: accountNamesOf(accounts), layout };
  const counts = accounts.map((account) => account.counts);
  return [
    ...headLines(overview, nowMs, layout),
    ...notesOf(overview, nowMs).flatMap(({ label, text }) => labelledLines(label, text, layout)),
    "",
    ...accountLines(overview, nowMs, layout),
    ...separated([...bindingLines(counts), ...policyLines(counts)]),
    ...coverageLines(overview),
    ...replicaLines(overview),
    ...(namespaceSources.length === 0 ? [] : ["", ...namespaceSourceLines(namespaceSources, nowMs, layout)]),
    ...(actionRequired.length === 0 ? [] : ["", ...itemLines(actionRequired, context)]),
    ...(reverts.length === 0 ? [] : ["", ...revertLines(reverts, context)]),
  ];
}

/** Facts about the answer itself, and about what everything below depends on. */
function notesOf(overview: ApiStatus, nowMs: number): readonly StatusNote[] {
  const { accounts } = overview;
  return [
    ...comparingNotes(accounts, { startedAt: overview.startedAt, nowMs }).map(note),
    ...requestNotes(accounts, nowMs),
    ...clockNotes(overview.clockOffsetSeconds),
    ...(overview.tenancy === null ? [] : tenancyNotes({ kind: overview.tenancy, file: null }).map(note)),
    ...[overview.source, ...(overview.namespaceSources ?? [])].flatMap((source) =>
      rollbackNotes(source, nowMs),
    ),
    ...groupNotes(overview.diagnostics),
  ];
}

function separated(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function replicaLines({ replicas }: ApiStatus): readonly string[] {
  const text = replicaText(replicas);
  return text === null ? [] : ["", `Replicas: ${text}`];
}

/** Nothing that is pushed is applied: everyone who looks must know. */
function rollbackNotes({ name, rolledBack }: SourceStatus, nowMs: number): readonly StatusNote[] {
  return rolledBack === undefined ? [] : [note(`source ${name}: ${rollbackText(rolledBack, nowMs)}`)];
}

/** A change that a profile holds for such a group waits until the operator's file has it. */
function groupNotes(diagnostics: ApiStatus["diagnostics"]): readonly StatusNote[] {
  const found = diagnostics.filter(({ code }) => code === UNKNOWN_GROUP);
  return found.flatMap(({ origin, message, fix }) => [
    note(`${formatOrigin(origin)}: ${message}`),
    ...(fix === null ? [] : [hint(fix)]),
  ]);
}

function headLines(overview: ApiStatus, nowMs: number, { width }: Layout): readonly string[] {
  const answer = isQuiet(overview) ? `${healthText(overview)}.` : healthText(overview);
  const revision = revisionText(overview, nowMs);
  const line = `${answer.padEnd(REVISION_COLUMN)}${revision}`;
  return line.length <= width && answer.length < REVISION_COLUMN ? [line] : [answer, revision];
}

function revisionText({ source, mode }: ApiStatus, nowMs: number): string {
  const facts = [
    source.accepted === null ? "no revision yet" : inForceText(source.accepted, source.rolledBack),
    fetchedText(source, nowMs),
    source.uncommitted ? "uncommitted" : null,
    verifiedText(source),
    mode === "observe" ? "observe only" : null,
  ];
  return facts.filter((fact) => fact !== null).join(", ");
}

/** A held revision has its own item. */
function verifiedText({ verified, held }: SourceStatus): string | null {
  if (verified === null || held !== null) return null;
  return verified.status === "True" ? "verified" : "not verified";
}

function fetchedText({ fetchedAt, rolledBack }: SourceStatus, nowMs: number): string {
  return fetchedAt === null
    ? "not fetched yet"
    : `${fetchedName(rolledBack)}fetched ${ago(fetchedAt, nowMs)}`;
}

function accountLines({ accounts, source }: ApiStatus, nowMs: number, layout: Layout): readonly ScreenLine[] {
  if (accounts.length === 0)
    return [
      source.accepted === null ? "Accounts: unknown, no revision is in force" : "No accounts are declared",
    ];
  const count = (of: (account: AccountStatus) => number) => (account: AccountStatus) =>
    isUnread(account) ? "?" : String(of(account));
  const columns: readonly Column<AccountStatus>[] = [
    { title: "ACCOUNT", cell: ({ name }) => name },
    { title: "MODE", cell: ({ mode }) => mode },
    { title: "SYNCED", cell: syncedCell },
    { title: "DRIFT", cell: count(({ counts }) => counts.drifted), align: "right" },
    { title: "BLOCKED", cell: count(({ counts }) => counts.blocked), align: "right" },
    { title: "DECLARED", cell: declaredCell },
    { title: "READ", cell: (account) => readCell(account, nowMs) },
  ];
  const rest = accounts.length > LISTED_ACCOUNTS && !layout.isWide ? accounts.filter(isSynced) : [];
  const listed = accounts.filter((account) => !rest.includes(account));
  return [
    ...(listed.length === 0 ? [] : table(columns, listed, layout)),
    ...(rest.length === 0 ? [] : restLines(rest, listed.length > 0, nowMs)),
  ];
}

function isSynced(account: AccountStatus): boolean {
  const { synced, bindings, drifted, blocked } = account.counts;
  return (
    !isUnread(account) &&
    !account.comparing &&
    account.unread.length === 0 &&
    synced === bindings &&
    drifted + blocked === 0
  );
}

function restLines(
  accounts: readonly AccountStatus[],
  isRest: boolean,
  nowMs: number,
): readonly ScreenLine[] {
  const byMode = [...Map.groupBy(accounts, ({ mode }) => mode)];
  const modes = byMode.map(([mode, group]) => `${group.length} ${mode}`).join(", ");
  const reads = accounts.flatMap(({ lastSweepAt }) => lastSweepAt ?? []);
  const oldest = reads.reduce((one, other) => (Date.parse(other) < Date.parse(one) ? other : one));
  const which = isRest ? counted(accounts.length, "more account") : `All ${accounts.length} accounts`;
  return [
    `${which} (${modes}): all synced, oldest read ${ago(oldest, nowMs)}`,
    ...labelledLines("hint", "grantkeeper get accounts", { indent: "  " }),
  ];
}

/** The facts from before may be wrong by now: it is shown as unknown. */
function isUnread({ failing, lastSweepAt }: AccountStatus): boolean {
  return failing !== null || lastSweepAt === null;
}

function syncedCell(account: AccountStatus): string {
  const { synced, bindings } = account.counts;
  return isUnread(account) ? "unknown" : `${synced}/${bindings}`;
}

/** Of an account that was read, only a token with namespaces has no counts. */
function declaredCell(account: AccountStatus): string {
  const { functionsInGit, functionsSeen } = account;
  if (isUnread(account)) return "unknown";
  return functionsSeen === null || functionsInGit === null ? "-" : `${functionsInGit}/${functionsSeen}`;
}

function readCell({ failing, lastSweepAt, unread, comparing }: AccountStatus, nowMs: number): string {
  if (failing !== null) return `failed for ${age(failing.since, nowMs)}`;
  if (lastSweepAt === null) return "never";
  const incomplete = unread.length === 0 ? "" : ", incomplete";
  return `${ago(lastSweepAt, nowMs)}${comparing ? ", comparing" : incomplete}`;
}

/** One line for each source of one namespace. */
function namespaceSourceLines(
  sources: readonly NamespaceSourceStatus[],
  nowMs: number,
  layout: Layout,
): readonly ScreenLine[] {
  const columns: readonly Column<NamespaceSourceStatus>[] = [
    { title: "SOURCE", cell: ({ name }) => name },
    { title: "REVISION", cell: ({ accepted }) => (accepted === null ? "none yet" : shortRevision(accepted)) },
    { title: "STATE", cell: stateCell },
    { title: "FETCHED", cell: ({ fetchedAt }) => (fetchedAt === null ? "never" : ago(fetchedAt, nowMs)) },
  ];
  return table(columns, sources, layout);
}

function stateCell({ accepted, failure, held, verified }: NamespaceSourceStatus): string {
  if (failure !== null) return failure.refused ? "refused" : "failing";
  if (held !== null) return "held";
  if (accepted === null) return "not read";
  if (verified === null) return "in force";
  return verified.status === "True" ? "in force, verified" : "in force, not verified";
}

/** A line below the head of `status`, and its label. */
interface StatusNote {
  readonly label: "note" | "hint";
  readonly text: string;
}

function note(text: string): StatusNote {
  return { label: "note", text };
}

function hint(text: string): StatusNote {
  return { label: "hint", text };
}

type Requests = Pick<AccountStatus, "name" | "throttled" | "deniedCalls">;

/** @param offsetSeconds missing: the clocks hardly differ */
function clockNotes(offsetSeconds: number | undefined): readonly StatusNote[] {
  if (offsetSeconds === undefined) return [];
  return [
    note(`${secondsText(offsetSeconds)}: no author of a change is named with certainty`),
    hint("synchronize the clock of the controller's machine (NTP)"),
  ];
}

/** Why reads and writes of an account are slow, or are not made. A controller of an earlier version does not send it. */
function requestNotes(accounts: readonly Requests[], nowMs: number): readonly StatusNote[] {
  return accounts.flatMap(({ name, throttled, deniedCalls }) => {
    const limits = (throttled ?? []).map(
      ({ region, family, budget, rate }) =>
        `${family}${region === null ? "" : ` in ${region}`} at ${rate} of ${budget} requests per second`,
    );
    const denied = (deniedCalls ?? []).map(({ call, since }) => `${call} for ${age(since, nowMs)}`);
    return [
      ...(limits.length === 0 ? [] : [note(`AWS throttled requests to ${name}: ${someOf(limits)}`)]),
      ...(denied.length === 0
        ? []
        : [
            note(`access to ${name} is missing, so these calls are only probed: ${someOf(denied)}`),
            hint(`grantkeeper doctor --account ${name}`),
          ]),
    ];
  });
}
