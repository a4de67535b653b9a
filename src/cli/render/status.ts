import type { SuspensionObject } from "../../api/commands.ts";
import type { AccountStatus } from "../../api/manifests.ts";
import type { HoldSummaryObject, OrphanObject, OverviewObject, SourceStatus } from "../../api/overview.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { keyParts } from "../../model/key.ts";
import { shortRevision } from "../../model/revision.ts";
import { grid, table, type Column } from "./table.ts";
import { age, ago, deadline } from "./time.ts";
import { counted, keysText, shortHash, shortSubject } from "./words.ts";

type Overview = OverviewObject["status"];

/** More of a sort than this are counted, not listed. */
const AT_MOST = 10;

/** Is everything all right, and what needs me. */
export function statusLines(overview: Overview): readonly string[] {
  const nowMs = Date.parse(overview.now);
  const needs = needsYou(overview, nowMs);
  return [
    headLine(overview, nowMs),
    "",
    ...accountLines(overview.accounts, nowMs),
    "",
    ...(needs.length === 0
      ? ["Nothing needs you."]
      : ["Needs you", ...grid(needs).map((line) => `  ${line}`)]),
  ];
}

function headLine({ source, startedAt, catalogueDate, mode }: Overview, nowMs: number): string {
  const revision = source.accepted === null ? "no revision yet" : shortRevision(source.accepted);
  const facts = [
    source.fetchedAt === null ? "not fetched yet" : `fetched ${ago(source.fetchedAt, nowMs)}`,
    `up ${age(startedAt, nowMs)}`,
    `catalogue ${catalogueDate}`,
    source.uncommitted ? "uncommitted directory" : null,
    mode === "observe" ? "observes only" : null,
  ];
  return `${revision}  ${facts.filter((fact) => fact !== null).join(" · ")}`;
}

function accountLines(accounts: readonly AccountStatus[], nowMs: number): readonly string[] {
  if (accounts.length === 0) return ["no accounts yet"];
  const count = (of: (account: AccountStatus) => number) => (account: AccountStatus) =>
    account.lastSweepAt === null ? "-" : String(of(account));
  const columns: readonly Column<AccountStatus>[] = [
    { title: "ACCOUNT", cell: ({ name }) => name },
    { title: "MODE", cell: ({ mode }) => mode },
    { title: "BINDINGS", cell: count(({ counts }) => counts.bindings), align: "right" },
    { title: "SYNCED", cell: count(({ counts }) => counts.synced), align: "right" },
    { title: "DRIFT", cell: count(({ counts }) => counts.drifted), align: "right" },
    { title: "HELD", cell: heldCell, align: "right" },
    { title: "BROKEN", cell: count(({ counts }) => counts.broken), align: "right" },
    { title: "IN GIT", cell: coverageCell },
    { title: "READ", cell: (account) => readCell(account, nowMs) },
  ];
  return table(columns, accounts);
}

/** In observe nothing is held, since nothing would be written. */
function heldCell({ lastSweepAt, mode, counts }: AccountStatus): string {
  return lastSweepAt === null || (mode === "observe" && counts.held === 0) ? "-" : String(counts.held);
}

function coverageCell({ functionsInGit, functionsSeen }: AccountStatus): string {
  return functionsSeen === null || functionsInGit === null
    ? "unknown"
    : `${functionsInGit} / ${functionsSeen}`;
}

function readCell({ failing, lastSweepAt }: AccountStatus, nowMs: number): string {
  if (failing !== null) {
    const how = /denied/i.test(failing.reason) ? "denied" : "failing";
    return `${how} for ${age(failing.since, nowMs)}: ${failing.reason}`;
  }
  return lastSweepAt === null ? "not yet" : ago(lastSweepAt, nowMs);
}

function needsYou(overview: Overview, nowMs: number): readonly (readonly string[])[] {
  const { source, holds, suspensions, diagnostics, orphans, accounts } = overview;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const accountNames = new Map(accounts.map(({ accountId, name }) => [accountId, name]));
  return [
    ...sourceRows(source),
    ...limited(
      holds.map((hold) => holdRow(hold)),
      ["held", "grantkeeper get holds"],
    ),
    ...limited(
      suspensions.map((one) => suspensionRow(one, accountNames, nowMs)),
      ["suspended", "grantkeeper get suspensions"],
    ),
    ...limited(
      errors.map((diagnostic) => brokenRow(diagnostic, source)),
      ["broken", "grantkeeper validate"],
    ),
    ...brokenBindings(accounts, errors),
    ...orphanRows(orphans, nowMs),
  ];
}

function sourceRows({ name, failure }: SourceStatus): readonly (readonly string[])[] {
  return failure === null ? [] : [["source", name, failure.message, failure.mend]];
}

function holdRow({ status }: HoldSummaryObject): readonly string[] {
  const { subject, reason, account, keys, approvable } = status;
  const [first] = keys;
  const at = account === null ? "" : `@${account}`;
  const parts = first === undefined ? null : keyParts(first);
  const what =
    parts === null
      ? shortSubject(subject)
      : keys.length === 1
        ? `${parts.namespace}/${parts.name}${at}`
        : `${keysText(keys)}${at}`;
  const command = `grantkeeper approve ${shortSubject(subject)} --reason …`;
  return ["held", what, reason, approvable ? command : `${shortSubject(subject)}: not yours to approve`];
}

function suspensionRow(
  { spec, metadata }: SuspensionObject,
  accounts: ReadonlyMap<string, string>,
  nowMs: number,
): readonly string[] {
  const { scope, until, reason, actor } = spec;
  const ends = `ends ${deadline(until, nowMs)}`;
  return [
    "suspended",
    scopeText(scope, accounts),
    ends,
    `"${reason}" by ${actor}   grantkeeper resume ${metadata.name} --reason …`,
  ];
}

/** What a suspension covers, in the words in which it is written. */
export function scopeText(
  scope: SuspensionObject["spec"]["scope"],
  accounts: ReadonlyMap<string, string>,
): string {
  const account = (id: string): string => accounts.get(id) ?? id;
  if (scope.key !== null) {
    const parts = keyParts(scope.key);
    return `${parts.namespace}/${parts.name}@${account(parts.accountId)}`;
  }
  const namespace = scope.namespace === null ? "" : `${scope.namespace}/*`;
  const at = scope.accountId === null ? "" : `@${account(scope.accountId)}`;
  return namespace === "" && at === "" ? "everything" : `${namespace}${at}`;
}

function brokenRow({ origin, message }: Diagnostic, { accepted }: SourceStatus): readonly string[] {
  const skipped = accepted === null ? "" : `${shortHash(accepted)} skipped it, its last good state stays`;
  return ["broken", `${origin.file}:${origin.line}`, message, skipped];
}

/** Stalled or refused ones, of which no file says why. */
function brokenBindings(
  accounts: readonly AccountStatus[],
  errors: readonly Diagnostic[],
): readonly (readonly string[])[] {
  const broken = accounts.filter(({ counts }) => counts.broken > 0);
  if (errors.length > 0) return [];
  return broken.map(({ name, counts }) => [
    "broken",
    `@${name}`,
    counted(counts.broken, "binding"),
    "grantkeeper get bindings",
  ]);
}

function orphanRows(orphans: readonly OrphanObject[], nowMs: number): readonly (readonly string[])[] {
  const [first, ...rest] = orphans.map(({ status }) => status.since).sort();
  if (first === undefined) return [];
  const oldest = `${rest.length === 0 ? "since" : "oldest"} ${age(first, nowMs)}`;
  const what = orphans.every(({ status }) => status.arn.includes(":role/")) ? "role" : "object";
  return [
    [
      "orphans",
      `${counted(orphans.length, what)} without a manifest, ${oldest}`,
      "",
      "grantkeeper get orphans",
    ],
  ];
}

function limited(
  rows: readonly (readonly string[])[],
  [word, command]: readonly [string, string],
): readonly (readonly string[])[] {
  if (rows.length <= AT_MOST) return rows;
  return [...rows.slice(0, AT_MOST), [word, `and ${rows.length - AT_MOST} more`, "", command]];
}
