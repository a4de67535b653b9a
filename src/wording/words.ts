import type { WindowAfterApproval } from "../model/answers/hold.ts";
import type { AuditEvent } from "../api/events.ts";
import type { ApprovalObject, EarlierRejection } from "../api/commands.ts";
import type { HoldSummary } from "../api/overview.ts";
import type { WaveState } from "../api/manifests.ts";
import type { ConditionReason } from "../model/status.ts";
import { parseDigest } from "../model/values/digest.ts";
import { isBindingKey, keyParts, type Key } from "../model/keys/key.ts";
import { waitsByItself, type WaitCause } from "../model/verdict.ts";
import { counted } from "../text/phrases.ts";
import { ago } from "./time.ts";
import { parseRevision, revisionParts, shortRevision } from "../model/values/revision.ts";
import type { BindingObject } from "../api/bindings.ts";

/** `10 bindings, 2 policies`: a binding is a function's, as in the columns of `status`. */
export function keysText(keys: readonly Key[]): string {
  const bindings = keys.filter((key) => isBindingKey(key)).length;
  return boundText(bindings, keys.length - bindings);
}

export function boundText(bindings: number, policies: number): string {
  return [
    ...(bindings === 0 && policies > 0 ? [] : [counted(bindings, "binding")]),
    ...(policies === 0 ? [] : [counted(policies, "policy", "policies")]),
  ].join(", ");
}

/** What `approve` takes, short enough to read and to type: `7f3a91c2`, `main@9c1d04e`. */
export function shortSubject(subject: string): string {
  if (parseDigest(subject) !== undefined) return subject.slice("sha256:".length, "sha256:".length + 8);
  const revision = parseRevision(subject);
  return revision === undefined ? subject : shortRevision(revision);
}

/** `dana, 3m ago: "ask the team first"` */
export function rejectionText({ actor, at, reason }: EarlierRejection, nowMs: number): string {
  return `${actor}, ${ago(at, nowMs)}: "${reason}"`;
}

/** `9c1d04e`; `-` for none. */
export function shortHash(revision: string | null): string {
  const parsed = revision === null ? undefined : parseRevision(revision);
  return parsed === undefined ? "-" : revisionParts(parsed).hash.slice(0, 7);
}

export const WAVE_STATES = {
  "awaiting-approval": "awaiting approval",
  "not-ready": "not ready",
  switching: "switching",
  moving: "not seen switched",
  watching: "watching",
  paused: "paused",
  rejected: "rejected",
  ended: "ended",
} as const satisfies Readonly<Record<WaveState, string>>;

/** The mode of the manifest if it releases the function: the effective mode alone would show it as managed. */
export function modeText({
  spec: { desired },
  status: { mode },
}: Pick<BindingObject, "spec" | "status">): string {
  const isReleased = desired !== null && "released" in desired;
  if (!isReleased) return mode;
  return mode === "observe" ? "release, observe" : "release";
}

/** ` (group security)`: of which groups the actor was; entries of 0.1 have none. */
export function groupsText(groups: unknown): string {
  const names = Array.isArray(groups) ? groups.map(String) : [];
  if (names.length === 0) return "";
  return ` (${names.length === 1 ? "group" : "groups"} ${names.join(", ")})`;
}

/** `, overrides the change window office`; "": an approval that overrides nothing. */
export function overrideText(approval: AuditEvent | ApprovalObject["status"]): string {
  // The record has the causes that this version or an earlier one wrote.
  const { overrides } = approval as { readonly overrides?: WaitCause };
  return overrides === undefined ? "" : `, overrides ${causeText(overrides)}`;
}

/** `the change window office`: what a plan waits for, and what an override of it ends. */
export function causeText(cause: WaitCause): string {
  switch (cause.code) {
    case "change-window":
      return `the ${windowsText(cause.windows)}`;
    case "account-order":
      return `the wait for account ${cause.account} (${windowsText(cause.windows)})`;
    case "depends-on": {
      const { namespace, name } = keyParts(cause.key);
      return `the order after ${namespace}/${name} (dependsOn)`;
    }
  }
}

/** The reasons of a condition for which a change from Git waits. */
const WAITS: ReadonlySet<string> = new Set<ConditionReason>([
  "AwaitingApproval",
  "ChangeWindowClosed",
  "WaitingForDependency",
]);

/**
 * `waits for the change window office, which opens at …`: why a change waits, in words; null: the reason is none of a wait. The message
 * of a wait for a window, an account or a function names it.
 */
export function waitText({
  reason,
  message,
}: {
  readonly reason: string;
  readonly message: string;
}): string | null {
  if (!WAITS.has(reason)) return null;
  return reason === "AwaitingApproval" ? `waits for approval: ${message}` : message;
}

function windowsText(names: readonly string[]): string {
  return `${names.length === 1 ? "change window" : "change windows"} ${names.join(", ")}`;
}

/** The start of a line about what changes wait for after the answer. */
export function afterAnswer({ code }: Pick<HoldSummary, "code">): string {
  return waitsByItself(code) ? "After an override" : "After an approval";
}

const HOUR_MS = 3_600_000;

/**
 * `19h`: how long an approval must be valid so that its changes can be written after it, with an hour for that; null: it is valid
 * for long enough, or it is not known when the wait ends.
 */
export function neededLength(
  windows: readonly WindowAfterApproval[] | undefined,
  { expiresAtMs, nowMs }: { readonly expiresAtMs: number; readonly nowMs: number },
): string | null {
  const lasting = (windows ?? []).flatMap(({ earliestAt }) =>
    earliestAt === undefined || Date.parse(earliestAt) < expiresAtMs ? [] : [Date.parse(earliestAt)],
  );
  if (lasting.length === 0) return null;
  return `${Math.ceil((Math.max(...lasting) - nowMs) / HOUR_MS) + 1}h`;
}

/**
 * `unless overridden, 2 bindings then wait for account staging (change window staging-first): it must match Git until 12:00:00Z`. Each binding is in
 * one text, with all that it waits for.
 */
export function windowTexts(windows: readonly WindowAfterApproval[] = []): readonly string[] {
  const byKey = Map.groupBy(
    windows.flatMap(({ reason, keys }) => keys.map((key) => ({ key, reason }))),
    ({ key }) => key,
  );
  const reasonsOf = [...byKey].map(([key, waits]) => ({ key, reasons: waits.map(({ reason }) => reason) }));
  const groups = Map.groupBy(reasonsOf, ({ reasons }) => reasons.join("; and for "));
  return [...groups].map(([reasons, members]) => {
    const verb = members.length === 1 ? "waits" : "wait";
    return `unless overridden, ${keysText(members.map(({ key }) => key))} then ${verb} for ${reasons}`;
  });
}

/** All that an approval covers waits: an approved revert or removal of drift would not. null: a part does not wait. */
export function allWaitText(
  windows: readonly WindowAfterApproval[] | undefined,
  covered: readonly Key[],
): string | null {
  const waiting = new Set((windows ?? []).flatMap(({ keys }) => keys));
  if (covered.length === 0 || !covered.every((key) => waiting.has(key))) return null;
  const all = covered.length === 1 ? "the binding waits" : `all ${keysText(covered)} wait`;
  return `no change from Git is written yet: ${all}`;
}
