import { isAwsManagedPolicy } from "../../iam/shipped-policies.ts";
import { functionInArn } from "../../model/aws/arn.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import { parseRegion } from "../../model/aws/ids.ts";
import { policiesReadMs, type LiveAccount } from "../../model/live.ts";
import type { Action, KeyPlan } from "../../model/plan.ts";
import type { Result } from "../../model/values/result.ts";
import { isEqual } from "../../text/json-values.ts";
import { mayRunApproved } from "../../judge/approvals/released.ts";
import type { Choice } from "../../judge/choose.ts";
import type { NotApplied } from "../../judge/judgement.ts";
import { planSubject } from "../../judge/plan-subject.ts";
import type { PassContext } from "../../judge/subject.ts";
import type { PassRun } from "./apply.ts";
import { isPlannedScope } from "./planned/planned-keys.ts";
import { readKeys } from "./reads/observe.ts";
import { overlayLive } from "./reads/overlay.ts";
import type { ReadsAhead } from "./reads/reads-ahead.ts";

/** An observation younger than this needs no second read before a destructive or overwriting write. */
const FRESH_MS = 10_000;
/** An observation older than this needs a second read before any write. */
const STALE_MS = 60_000;
/** So that they are read again when their observation is that old. */
const READ_AHEAD_MS = 45_000;

export type ChosenRun = Extract<Choice, { readonly kind: "run" }>;

export interface ReadingRun extends PassRun {
  readonly ahead: ReadsAhead;
}

/** Reads again before overwriting or removing anything; null if the plan is still valid. */
export async function changedMeanwhile(
  pass: PassContext,
  chosen: ChosenRun,
  run: ReadingRun,
): Promise<NotApplied | null> {
  const { ports, ahead } = run;
  const { subject } = chosen.judged;
  if (isCreation(chosen)) return null;
  const ageMs = isPlannedScope(pass) ? Infinity : ports.clock.nowMs() - readMsOf(chosen, pass.live);
  if (ageMs > READ_AHEAD_MS) ahead.begin(subject.key);
  const targeted = pass.scope.kind === "keys" && pass.base !== null;
  if (!(ageMs > STALE_MS || (isOverwriting(chosen) && !(targeted && ageMs < FRESH_MS)))) return null;
  const fresh = await freshReading(pass, chosen, { ...run, isAhead: ageMs > STALE_MS });
  if (fresh.kind === "err") return { kind: "read-failed", error: fresh.error };
  const planned = planSubject(subject, chosen.plan.purpose, {
    ...pass,
    live: overlayLive(pass.live, fresh.value),
  });
  return planned?.kind === "planned" && isStillValid(chosen, planned.plan, ports.clock.nowMs())
    ? null
    : { kind: "changed-meanwhile" };
}

/** Of several keys together while a pass writes many; of the key alone if that reading is too old for what is written. */
async function freshReading(
  pass: PassContext,
  chosen: ChosenRun,
  { ports, signals, ahead, isAhead }: ReadingRun & { readonly isAhead: boolean },
): Promise<Result<LiveAccount, AwsError>> {
  const { subject } = chosen.judged;
  if (isAhead) {
    const together = await ahead.of(subject.key);
    const ageMs = together.kind === "ok" ? ports.clock.nowMs() - together.value.observedAtMs : Infinity;
    if (ageMs <= (isOverwriting(chosen) ? FRESH_MS : STALE_MS)) return together;
  }
  const reads = { live: ports.live, signal: signals.abort, policyArns: detachedPolicies(chosen) };
  return readKeys(pass, [subject], reads);
}

/** AWS refuses to create what exists (`EntityAlreadyExists`), and then nothing else of the key is written. */
function isCreation({ actions: [first] }: ChosenRun): boolean {
  return first?.call === "iam:CreateRole" || first?.call === "iam:CreatePolicy";
}

function isOverwriting({ actions }: ChosenRun): boolean {
  return actions.some((action) => action.destructive || action.before !== null);
}

/** A sweep may have kept an earlier reading of the policies that the run writes: they are read first. */
function readMsOf({ actions }: ChosenRun, live: LiveAccount): number {
  const readMs = actions.map(({ target }) => {
    const place = functionInArn(target);
    const region = parseRegion(place?.region ?? "");
    return place === null || region === undefined
      ? live.observedAtMs
      : policiesReadMs(live, region, place.name);
  });
  return Math.min(live.observedAtMs, ...readMs);
}

/** Customer-managed policies that the run detaches: by now they may allow less than they deny. */
export function detachedPolicies({ actions }: ChosenRun): readonly string[] {
  const detached = actions.filter(({ call }) => call === "iam:DetachRolePolicy");
  const arns = detached.map(({ input }) => input["PolicyArn"]);
  return arns.filter((arn) => typeof arn === "string").filter((arn) => !isAwsManagedPolicy(arn));
}

/**
 * True if the same actions are planned, each on what it was compared with, and the parts that an operator approved can
 * still be approved and run.
 */
function isStillValid({ plan, judged, actions }: ChosenRun, now: KeyPlan, nowMs: number): boolean {
  if (now.digest !== plan.digest) return false;
  const planned = [now, ...now.approvable].flatMap((part) => part.actions);
  if (!actions.every((action) => planned.some((other) => isOnSameState(action, other)))) return false;
  const released = new Set(judged.released);
  return judged.plan.approvable
    .filter((part) => part.actions.some((action) => released.has(action)))
    .every(({ digest }) =>
      now.approvable.some((other) => other.digest === digest && mayRunApproved(other.actions, nowMs)),
    );
}

/** The digest of an action names what it writes, not what it overwrites or removes: IAM has no conditional writes. */
function isOnSameState(action: Action, other: Action): boolean {
  return COMPARED.every((field) => isEqual(action[field], other[field]));
}

const COMPARED = ["call", "input", "before", "after", "delta"] as const;
