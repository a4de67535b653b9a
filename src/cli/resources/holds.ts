import stringWidth from "string-width";
import type { HeldCommit, HoldChange, HoldObject, HoldSummary } from "../../api/overview.ts";
import { changedReferenceText } from "../../model/aws/reference.ts";
import { readDelta } from "../../iam/row-text.ts";
import { permissionChanges, permissionText } from "../../plan/render/permission-changes.ts";
import { homeOf, grownText, shortArn } from "../../plan/render/words.ts";
import { outdatedText } from "../../model/answers/hold.ts";
import { addressOf, targetText, keyParts, type Key } from "../../model/keys/key.ts";
import { type TableContext } from "./resource-tables.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import { grid, type Column } from "../screen/table.ts";
import { sourceRollbackText } from "../../wording/rollback.ts";
import { age, ago } from "../../wording/time.ts";
import { afterAnswer, keysText, shortSubject, windowTexts } from "../../wording/words.ts";
import { answerLines } from "./hold-answers.ts";
import { waitsByItself } from "../../model/verdict.ts";
import { groupExample } from "../../model/rules/guardrail-profile.ts";
import { whyText, type RefusedRule } from "../../model/rules/refusal.ts";
import { counted } from "../../text/phrases.ts";
import { cleanLine } from "../screen/paint.ts";
import { continued, wrapped } from "../../text/layout/wrap.ts";
import { type ScreenLine, signTone, toned } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

/** The columns of `get approvals`. */
export function holdColumns({ nowMs }: TableContext): readonly Column<HoldObject>[] {
  return [
    { title: "DIGEST", cell: ({ status }) => shortSubject(status.subject) },
    { title: "ACCOUNT", cell: ({ status }) => status.account ?? "-" },
    { title: "TARGETS", cell: ({ status }) => targetsText(status.keys) },
    { title: "CALLS", cell: ({ status }) => String(status.calls ?? "unknown"), align: "right" },
    { title: "RISK", cell: ({ status }) => status.risk ?? "-" },
    { title: "WAITING", cell: ({ status }) => age(status.since, nowMs) },
  ];
}

export const HOLD_REASON: MessageColumn<HoldObject> = {
  title: "REASON",
  texts: ({ status }) => [reasonText(status)],
};

/** `orders/orders-api` for one, `orders (4)` for several of a namespace; `all` for a revision, which has no keys. */
function targetsText(keys: readonly Key[]): string {
  const [first] = keys;
  if (first === undefined) return "all";
  const { namespace, name } = keyParts(first);
  if (keys.length === 1) return `${namespace}/${name}`;
  const namespaces = new Set(keys.map((key) => keyParts(key).namespace));
  return `${namespaces.size === 1 ? namespace : `${namespaces.size} namespaces`} (${keys.length})`;
}

function reasonText({ code, reason, rejected, isOutdated }: HoldSummary): string {
  const waits = waitsByItself(code) ? `no approval needed: ${reason}` : reason;
  const text = rejected === null ? waits : `rejected by ${rejected.actor}: "${rejected.reason}"`;
  return isOutdated === true ? `${outdatedText(code)}: ${text}` : text;
}

interface HoldContext {
  /** The accepted revision. */
  readonly revision: string;
  /** What helps other than an approval; null: nothing is known. */
  readonly fix: string | null;
}

/** `describe approval`: what an operator looks at before the answer. */
export function holdLines(
  { status }: HoldObject,
  { nowMs, accounts, revision, fix }: TableContext & HoldContext,
  width: number,
): readonly ScreenLine[] {
  return [
    ...wrapped(headText(status), width, HANGING),
    ...reasonTexts(status).flatMap((text) => wrapped(text, width, HANGING)),
    ...(fix === null ? [] : wrapped(`Fix: ${fix}`, width, HANGING)),
    ...approverTexts(status).flatMap((text) => wrapped(text, width, HANGING)),
    ...(status.rejected === null ? [] : wrapped(rejectedText(status.rejected, nowMs), width, HANGING)),
    ...windowTexts(status.windows).flatMap((text) =>
      wrapped(`${afterAnswer(status)}: ${text}`, width, HANGING),
    ),
    sinceText(status, revision, nowMs),
    ...(status.rollbacks ?? []).flatMap((rollback) =>
      toned("aside", wrapped(`Note: ${sourceRollbackText(rollback, nowMs)}`, width, HANGING)),
    ),
    "",
    ...commitLines(status, width),
    ...(status.changes.length === 0
      ? []
      : [
          ...changesHead(status, width),
          ...(isSameForAll(status)
            ? status.changes.flatMap((change) => [
                `  ${targetText(addressOf(change.key, accounts))}`,
                ...roleLines(change, width),
              ])
            : status.changes.flatMap((change) => changeLines(change, { accounts, width }))),
          "",
        ]),
    ...answerLines(status, { nowMs, width }),
  ];
}

function rejectedText({ actor, at, reason }: NonNullable<HoldSummary["rejected"]>, nowMs: number): string {
  return `Rejected by ${actor} ${ago(at, nowMs)}: "${reason}"`;
}

/** The rest is in `-o json`. */
const COMMITS_SHOWN = 20;

function commitLines({ commits, dropped = [] }: HoldObject["status"], width: number): readonly string[] {
  if (commits === undefined) return [];
  const added = "Commits that it adds to the accepted revision";
  return [
    ...(commits.length === 0 ? [`${added}: none`, ""] : listedCommits(added, commits, width)),
    ...(dropped.length === 0
      ? []
      : listedCommits("Commits of the accepted revision that it drops", dropped, width)),
  ];
}

function listedCommits(title: string, commits: readonly HeldCommit[], width: number): readonly string[] {
  const more = commits.length - COMMITS_SHOWN;
  return [
    `${title} (authors as they claim)`,
    ...commits
      .slice(0, COMMITS_SHOWN)
      .flatMap(({ id, at, author, subject }) =>
        wrapped(cleanLine(`${id.slice(0, 12)} ${at.slice(0, 16)}Z ${author}: ${subject}`), width, HANGING),
      ),
    ...(more > 0
      ? [`and ${counted(more, "older commit")}: grantkeeper describe approval REVISION -o json`]
      : []),
    "",
  ];
}

/** The accepted revision is not that of an outdated plan, and which one it was is not known. */
function sinceText({ since, isOutdated }: HoldSummary, revision: string, nowMs: number): string {
  const text = `Since: ${ago(since, nowMs)}`;
  return isOutdated === true ? text : `${text}, accepted revision ${revision}`;
}

function reasonTexts({ code, reason, isOutdated }: HoldSummary): readonly string[] {
  if (isOutdated !== true) return [`Reason: ${reason}`];
  const [repeats, result] = code === "verdict-changed" ? ["judges", "verdict"] : ["plans", "plan"];
  return [
    `Reason: ${reason}`,
    `Outdated: ${outdatedText(code)}; the next pass ${repeats} it again, under another digest if the ${result} differs`,
  ];
}

const HANGING = { first: "", next: "  " };

function approverTexts({ code, group, authors, unlistedAuthors }: HoldSummary): readonly string[] {
  const members = group?.members.join(", ") ?? "";
  const answer = waitsByItself(code) ? "override" : "approve";
  const missing =
    group === null
      ? ""
      : `no valid token is in it; name one in grantkeeper.yaml: ${groupExample(group.name)}`;
  return [
    ...(group === null
      ? []
      : [`Approver: a member of group ${group.name} (${members === "" ? missing : members})`]),
    ...(authors.length === 0
      ? []
      : [`Authors: ${authors.join(", ")} (a token with one of these addresses cannot ${answer} it)`]),
    ...(unlistedAuthors === undefined
      ? []
      : [
          `Authors not all known: ${unlistedAuthors} (a token without mails cannot ${answer} it, if another has some)`,
        ]),
  ];
}

function headText({ subject, account, keys, calls, risk, code, rejected }: HoldSummary): string {
  const kind = code === "revision" ? "revision" : code === "verdict-changed" ? "verdict" : "plan";
  const pending = waitsByItself(code) ? "Waiting plan" : "Pending approval";
  const name = `${rejected === null ? pending : `Rejected ${kind}`} ${shortSubject(subject)}`;
  if (code === "revision") return rejected === null ? `${name}: a revision of the source` : name;
  if (code === "verdict-changed")
    return `${name}: a stricter verdict on ${keysText(keys)} in ${account ?? "-"}`;
  const size = calls === null ? "an unknown number of calls" : counted(calls, "call");
  return `${name}: ${keysText(keys)} in ${account ?? "-"}, ${size}, risk ${risk ?? "unknown"}`;
}

/** Each function of the wave is switched by the same call, and no permission changes: one line shows it for all. */
function isSameForAll({ code, changes }: HoldObject["status"]): boolean {
  return (
    code === "wave" &&
    changes.every(
      ({ calls, delta: { allowed, noLongerAllowed, unknownEffect } }) =>
        calls.length === 1 && allowed.length + noLongerAllowed.length + unknownEffect.length === 0,
    )
  );
}

/** AWS has what the changed references mean already. */
function isOnlyReferences({ changes }: HoldObject["status"]): boolean {
  return (
    changes.length > 0 &&
    changes.every(
      ({ calls, grown, changedReferences }) =>
        changedReferences !== undefined && calls.length === 0 && grown === undefined,
    )
  );
}

/** An approved verdict changes nothing in AWS by itself. */
function changesHead(status: HoldObject["status"], width: number): readonly string[] {
  if (isSameForAll(status))
    return wrapped(
      "Will change in AWS: lambda:UpdateFunctionConfiguration sets the declared role of each function. The permissions are the same (proved). Policies of other resources were not read: they may name the former role, and a boundary limits what they grant too. Other waves: grantkeeper get waves",
      width,
      { first: "", next: "" },
    );
  if (isOnlyReferences(status))
    return wrapped(
      "No permission changes. Approve it if these are the values that the manifest means.",
      width,
      { first: "", next: "" },
    );
  if (status.code !== "verdict-changed") return ["Will change in AWS"];
  return [
    "Will be refused",
    ...wrapped(
      "The permissions in AWS stay as they are. Drift is then reverted only where that removes access, until the manifest is changed.",
      width,
      { first: "", next: "" },
    ),
  ];
}

interface Screen {
  readonly accounts: ReadonlyMap<string, string>;
  readonly width: number;
}

function changeLines(change: HoldChange, { accounts, width }: Screen): readonly ScreenLine[] {
  const target = targetText(addressOf(change.key, accounts));
  const breaks = change.canBreak ? ", can break running code" : "";
  if (change.refusedBy !== undefined)
    return [target, ...change.refusedBy.flatMap((rule) => refusedLines(rule, width))];
  return [
    `${target}: risk ${change.risk}${breaks}`,
    ...permissionLines(change, width),
    ...(change.grown ?? []).flatMap((pattern) =>
      toned(signTone("+"), continued(cleanLine(`+ ${grownText(pattern)}`), width)),
    ),
    ...(change.changedReferences ?? []).flatMap((each) =>
      continued(cleanLine(`~ ${changedReferenceText(each)}`), width),
    ),
    ...change.calls.map(({ call, target: arn }) => `  ${call} ${shortArn(arn)}`),
    ...roleLines(change, width),
  ];
}

/** The role that a function leaves is part of what is approved. */
function roleLines({ roles }: HoldChange, width: number): readonly string[] {
  if (roles === undefined) return [];
  const [from, to] = [roles.from, roles.to].map((arn) => (arn === null ? "no role" : shortArn(arn)));
  return continued(cleanLine(`    from ${from} to ${to}`), width);
}

function refusedLines(rule: RefusedRule, width: number): readonly ScreenLine[] {
  const place = rule.file === null ? "" : `${rule.file}${rule.line === null ? "" : `:${rule.line}`}: `;
  return [
    ...wrapped(cleanLine(`${place}${rule.rule}: ${whyText(rule)}`), width, { first: "  ", next: "  " }),
    ...labelledLines("hint", cleanLine(rule.hint), { width, indent: "  " }),
  ];
}

/** In columns if they fit; else each change is a text that continues below. */
function permissionLines({ key, delta, calls }: HoldChange, width: number): readonly ScreenLine[] {
  const changes = permissionChanges(readDelta(delta), homeOf(key));
  if (changes.length === 0 && calls.length > 0) return toned("aside", ["= no permission changes"]);
  const heads = grid(
    changes.map(({ sign, what, on, place, remark }) => [
      `${sign} ${what}`,
      on,
      [place, remark].filter((part) => part !== "").join(", "),
    ]),
  );
  if (heads.some((head) => stringWidth(head) > width))
    return changes.flatMap((change) =>
      toned(signTone(change.sign), continued(cleanLine(permissionText(change)), width)),
    );
  return changes.flatMap(({ sign, actions, conditions }, at) =>
    toned(signTone(sign), [heads[at] ?? "", ...[...actions, ...conditions].map((text) => `      ${text}`)]),
  );
}
