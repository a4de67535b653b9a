import { CONDITION_REASONS } from "../../api/condition-reasons.ts";
import type { BindingObject } from "../../api/bindings.ts";
import type { HoldSummary } from "../../api/overview.ts";
import type { Condition } from "../../model/status.ts";
import { netDelta, type RecordedDelta } from "../../model/delta.ts";
import type { KeyPlan } from "../../model/plan.ts";
import { readDelta } from "../../iam/row-text.ts";
import { permissionChanges, permissionText } from "../../plan/render/permission-changes.ts";
import { homeOf } from "../../plan/render/words.ts";
import { targetText } from "../../model/keys/key.ts";
import { clockTime } from "../../wording/time.ts";
import { shortHash, shortSubject } from "../../wording/words.ts";
import { counted } from "../../text/phrases.ts";

/**
 * `waiting`: the binding changes without help, and is read again; `not-compared` too, and whether anything is to be applied is
 * not known. `drifted`: the revision is in effect, and a change in AWS waits for its revert.
 */
type BindingState =
  "applied" | "unchanged" | "compared" | "drifted" | "not-applied" | "waiting" | "not-compared";

/** A wait goes on for these. */
const UNFINISHED: ReadonlySet<BindingState> = new Set(["waiting", "not-compared"]);

export function isUnfinished({ state }: BindingResult): boolean {
  return UNFINISHED.has(state);
}

/** The state of one binding after a reconcile. */
export interface BindingResult {
  readonly state: BindingState;
  readonly target: string;
  readonly text: string;
}

export interface ResultContext {
  readonly holds: readonly HoldSummary[];
  /** A pass over some functions plans them alone: the next complete read may join them with others under another digest. */
  readonly comparedAll: boolean;
  /** By key: calls that AWS took since the reconcile began. */
  readonly calls: ReadonlyMap<string, number>;
  /** By key: when the next call of a plan that waits is due (ISO 8601). */
  readonly dueAt: ReadonlyMap<string, string>;
  /** By key: a change in AWS that is not reverted yet. */
  readonly reverts: ReadonlyMap<string, PlannedRevert>;
  readonly nowMs: number;
}

export interface PlannedRevert {
  /** ISO 8601. */
  readonly at: string;
  /** What is reverted: `- sqs:SendMessage queue/x, policy "hotfix"`. */
  readonly text: string;
  /** The plan has nothing else: all that the revision declares is in effect. */
  readonly isAll: boolean;
}

const SHOWN_REVERTS = 2;

/**
 * The planned revert that is not due yet; null if the plan has none.
 * @param isComplete every part of the binding was read
 */
export function plannedRevert(plan: KeyPlan<RecordedDelta>, isComplete: boolean): PlannedRevert | null {
  const { key, actions, withheld, approvable } = plan;
  const waiting = actions.filter(({ cause, due }) => cause === "out-of-band" && due.kind === "at");
  const times = waiting.flatMap(({ due }) => (due.kind === "at" ? [due.atMs] : []));
  if (times.length === 0) return null;
  const delta = netDelta(waiting.map((action) => readDelta(action.delta)));
  const changes = permissionChanges(delta, homeOf(key)).map(permissionText);
  const more = changes.length - SHOWN_REVERTS;
  const shown = [...changes.slice(0, SHOWN_REVERTS), ...(more > 0 ? [`and ${more} more`] : [])];
  const others = actions.length - waiting.length + withheld.length + approvable.length;
  return {
    at: new Date(Math.min(...times)).toISOString(),
    text: shown.join("; "),
    isAll: isComplete && others === 0,
  };
}

export function bindingResult(binding: BindingObject, context: ResultContext): BindingResult {
  const { spec, status } = binding;
  const [state, text] = resultOf(binding, context);
  const calls = context.calls.get(spec.key) ?? 0;
  const isPart = calls > 0 && (state === "not-applied" || state === "drifted");
  const made = isPart ? `${callsText(calls)} made; ` : "";
  return { state, text: made + text, target: targetText(status) };
}

/** For `wait`: a binding that the next read or a deployment of the function can still make ready is waiting. */
export function awaitedResult(binding: BindingObject, context: ResultContext): BindingResult {
  const result = bindingResult(binding, context);
  if (isUnfinished(result)) return result;
  return canBecomeReady(binding, context) ? { ...result, state: "waiting" } : result;
}

function canBecomeReady({ spec, status }: BindingObject, { dueAt }: ResultContext): boolean {
  const ready = status.conditions.find(({ type }) => type === "Ready");
  if (ready === undefined) return true;
  if (ready.status === "True" || isKept({ spec, status })) return false;
  const isSuspended = status.conditions.some(({ type }) => type === "Suspended");
  if (isSuspended && (status.plan?.actions ?? 0) > 0) return false;
  if (CONDITION_REASONS[ready.reason].lasts === "until-deployed") return true;
  return ready.status === "Unknown" && !dueAt.has(spec.key);
}

/** Git no longer declares it, and nothing is going to be deleted. */
function isKept({ spec, status }: Pick<BindingObject, "spec" | "status">): boolean {
  return spec.source === null && (status.plan?.actions ?? 0) === 0 && status.sync !== "Unknown";
}

type StateAndText = readonly [state: BindingState, text: string];

function resultOf({ spec, status }: BindingObject, context: ResultContext): StateAndText {
  const { conditions, plan, lastAppliedRevision, sync, drift } = status;
  const suspended = conditions.find(({ type }) => type === "Suspended");
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready === undefined) return ["not-applied", "not compared yet"];
  if (suspended !== undefined && (plan?.actions ?? 0) > 0)
    return ["not-applied", `suspended ${suspended.message}, ${callsText(plan?.actions ?? 0)} withheld`];
  if (ready.status === "False") return ["not-applied", refusedText(spec.key, ready, context)];
  if (isKept({ spec, status })) return ["not-applied", `kept, ${ready.message}`];
  if (ready.status === "Unknown") return unknownResult({ spec, status }, ready, context);
  const calls = context.calls.get(spec.key) ?? 0;
  if (ready.reason === "ObserveOnly") {
    const text = drift === null ? "not as in Git" : counted(drift.fields.length, "difference");
    const differs = sync === "OutOfSync" ? `, ${text}` : "";
    return ["compared", `compared, observe only${differs}`];
  }
  if (ready.reason === "Released")
    return [calls > 0 ? "applied" : "unchanged", "released, no longer compared or written"];
  const revision = shortHash(lastAppliedRevision);
  if (calls > 0) return ["applied", `applied ${revision}, ${callsText(calls)}, read back`];
  return ["unchanged", `unchanged, ${revision} in effect`];
}

function callsText(count: number): string {
  return counted(count, "call");
}

function refusedText(key: string, { reason, message }: Condition, context: ResultContext): string {
  if (reason === "GuardrailRefused") return `refused by ${message}`;
  if (reason !== "AwaitingApproval" && reason !== "Rejected")
    return `${CONDITION_REASONS[reason].label ?? "not applied"}, ${message}`;
  const hold = context.holds.find(({ keys }) => keys.some((held) => held === key));
  if (hold === undefined) return `not applied, ${message}`;
  const digest = shortSubject(hold.subject);
  if (!context.comparedAll)
    return hold.rejected === null
      ? "awaiting approval; its digest: grantkeeper get approvals"
      : `rejected by ${hold.rejected.actor}`;
  return hold.rejected === null
    ? `awaiting approval ${digest}`
    : `rejected ${digest}, by ${hold.rejected.actor}`;
}

function unknownResult(
  { spec, status }: Pick<BindingObject, "spec" | "status">,
  { reason, message }: Condition,
  { calls, dueAt, reverts, nowMs }: ResultContext,
): StateAndText {
  if (reason === "NotCompared") return ["not-compared", "not compared with the new revision yet"];
  if (reason === "WaitingForFunction")
    return ["unchanged", "its role is ready, the function does not exist yet"];
  if (status.sync === "Unknown") return ["not-applied", `not read, ${message}`];
  const left = status.plan?.actions ?? 0;
  const due = dueAt.get(spec.key);
  const revert = reverts.get(spec.key);
  if (revert !== undefined) {
    const changes = revert.text === "" ? "" : `: ${revert.text}`;
    const text = `drift, Grantkeeper reverts it at ${clockTime(revert.at, nowMs)}${changes}`;
    if (due === undefined) return ["waiting", text];
    return revert.isAll ? ["drifted", `the revision is in effect; ${text}`] : ["not-applied", text];
  }
  if (due !== undefined)
    return ["not-applied", `${callsText(left)} from ${clockTime(due, nowMs)} on: ${message}`];
  const made = calls.get(spec.key) ?? 0;
  const text = `applying, ${made} of ${callsText(made + left)}`;
  return ["waiting", reason === "Progressing" ? text : `${text}: ${message}`];
}
