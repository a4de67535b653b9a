import type {
  PendingChange,
  PendingReason,
  SettingDifference,
} from "../../model/answers/permission-state.ts";
import { ruleAt, whyText } from "../../model/rules/refusal.ts";
import { policyName } from "../../plan/render/words.ts";
import { hanging, rowOf } from "../../plan/render/columns.ts";
import { rowBlock, textBlock, type Block } from "./state.ts";
import { isCommand } from "../screen/wrap.ts";
import { deadline } from "../screen/time.ts";
import { shortSubject } from "../screen/words.ts";
import { toned } from "../../text/screen-line.ts";

export function pendingBlocks(pending: readonly PendingChange[], nowMs: number): readonly Block[] {
  return groupPendingBlocks([pending], nowMs);
}

/** For targets that differ only in their commands: every command is shown. */
export function groupPendingBlocks(
  targets: readonly (readonly PendingChange[])[],
  nowMs: number,
): readonly Block[] {
  const [pending] = targets;
  if (pending === undefined || pending.length === 0) return [textBlock("PENDING none")];
  const changes = pending.flatMap((change, at) => {
    const hints = targets.flatMap((other) => hintTexts(other[at] ?? change));
    const isFirstOutdated = change.isOutdated === true && pending[at - 1]?.isOutdated !== true;
    const blocks = changeBlocks(change, [...new Set(hints)], nowMs);
    return isFirstOutdated
      ? [textBlock("found by the last pass, before that revision:", "  "), ...blocks]
      : blocks;
  });
  return [textBlock(headOf(pending)), ...changes];
}

function headOf(pending: readonly PendingChange[]): string {
  const hasRows = pending.some(({ add, remove }) => add.lines.length + remove.lines.length > 0);
  const signs = new Set(pending.flatMap(({ settings }) => settings.map(signOf)));
  if (!hasRows && signs.size === 0) return "PENDING";
  return `PENDING changes to AWS (+ to add, - to remove${signs.has("~") ? ", ~ to change" : ""})`;
}

/** A change of a setting: from what AWS has to what is declared. */
function signOf({ live, declared }: SettingDifference): "+" | "-" | "~" {
  if (live === null) return "+";
  return declared === null ? "-" : "~";
}

function settingBlock(setting: SettingDifference): Block {
  const { what, live, declared } = setting;
  const on = [live, declared].filter((text) => text !== null).join(" → ");
  return rowBlock({ sign: signOf(setting), indent: "  ", cells: [what, on, ""], below: [] });
}

function changeBlocks(
  { reason, add, remove, settings, other }: PendingChange,
  hints: readonly string[],
  nowMs: number,
): readonly Block[] {
  const more = add.more + remove.more;
  return [
    ...reasonTexts(reason, nowMs).map((text) => textBlock(text, "  ")),
    ...add.lines.map((line) => rowBlock(rowOf(line, "+", "  "))),
    ...remove.lines.map((line) => rowBlock(rowOf(line, "-", "  "))),
    ...settings.map(settingBlock),
    ...other.map((text) => textBlock(text, "    ")),
    ...(more === 0 ? [] : [textBlock(`and ${more} more lines, not shown`, "    ")]),
    ...hints.map(hintBlock),
  ];
}

/** A command stays on one line, so that it can be copied. */
function hintBlock(hint: string): Block {
  const text = `hint: ${hint}`;
  return { kind: "text", lines: toned("aside", isCommand(hint) ? [`    ${text}`] : hanging(text, "    ")) };
}

/** Each rule and each kept statement is a text of its own. */
export function reasonTexts(reason: PendingReason, nowMs: number): readonly string[] {
  if (reason.kind === "refused") return refusedTexts(reason);
  if (reason.kind === "stricter-verdict") return stricterTexts(reason);
  if (reason.kind === "kept")
    return reason.statements.map((sid) => `kept: ${statementText(sid)} (undeclaredCallers: report)`);
  return [reasonText(reason, (until) => deadline(until, nowMs))];
}

function reasonText(
  reason: Exclude<PendingReason, { readonly kind: "refused" | "kept" | "stricter-verdict" }>,
  at: (until: string) => string,
): string {
  switch (reason.kind) {
    case "awaiting-approval":
      return `awaiting approval ${shortSubject(reason.digest)}: ${reason.reason}`;
    case "change-window":
    case "account-order":
    case "depends-on":
      return reason.reason;
    case "approved":
      return `waits: ${reason.reason}`;
    case "rejected":
      return `rejected ${shortSubject(reason.digest)} by ${reason.by}: "${reason.reason}"`;
    case "observe-only":
      return "observe only: Grantkeeper compares and does not write";
    case "not-deployed":
      return "not deployed: the function does not exist in AWS";
    case "suspended":
      return `suspended until ${at(reason.until)} by ${reason.by}: "${reason.reason}"`;
    case "broken":
      return `broken manifest: ${reason.message}`;
    case "propagation":
      return reason.until === null
        ? "propagation: removed after the additions have reached AWS"
        : `propagation until ${at(reason.until)}`;
    case "unsettled":
      return `not confirmed: the last read shows a difference, possibly from before Grantkeeper's last write${reason.until === null ? "" : `; decided by ${at(reason.until)}`}`;
    case "drift":
      return reason.revertsAt === null
        ? "drift: Grantkeeper reverts it now"
        : `drift: Grantkeeper reverts it at ${at(reason.revertsAt)}`;
    case "withheld":
    case "failed":
      return `not applied: ${reason.reason}`;
    case "unreadable":
      return `unreadable: ${reason.reason}; nothing is written until AWS can be read`;
    case "not-compared":
      return reason.revision === null
        ? "not compared: no revision was read yet"
        : `not compared: ${shortSubject(reason.revision)} was not compared with AWS yet`;
    case "applying":
      return "applying";
    case "policies-differ":
      return `differs from Git: ${reason.policies.map((arn) => `policy "${policyName(arn)}"`).join(", ")}, which its role has`;
    case "differs":
      return reason.isManaged
        ? "differs, and Grantkeeper changes it when nothing is against it any more:"
        : "differs, and Grantkeeper does not change it:";
  }
}

function statementText(sid: string): string {
  return sid === "" ? "a statement without Sid" : `statement "${sid}"`;
}

function refusedTexts({
  rules,
  reason,
}: Extract<PendingReason, { readonly kind: "refused" }>): readonly string[] {
  if (rules.length === 0) return [`refused: ${reason}`];
  return rules.map((rule) => `refused by ${ruleAt(rule)}: ${whyText(rule)}`);
}

function stricterTexts({
  by,
  digest,
  rejected,
  rules,
}: Extract<PendingReason, { readonly kind: "stricter-verdict" }>): readonly string[] {
  const name = shortSubject(digest);
  const state =
    rejected === null
      ? `awaiting approval ${name}: stricter in ${by.join(" and ")}`
      : `rejected ${name} by ${rejected.by}: "${rejected.reason}"`;
  return [state, ...rules.map((rule) => `would be refused by ${ruleAt(rule)}: ${whyText(rule)}`)];
}

/** Each of several rules has its own hint. */
export function hintTexts({ reason, hint }: PendingChange): readonly string[] {
  const rules = reason.kind === "refused" ? reason.rules : [];
  if (rules.length <= 1) return hint === null ? [] : [hint];
  return [...new Set(rules.map((rule) => `${rule.rule}: ${rule.hint}`))];
}
