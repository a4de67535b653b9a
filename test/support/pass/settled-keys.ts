import type { PolicyReads } from "../../../src/judge/policy-reads/kept-policies.ts";
import type { Pass, Subject } from "../../../src/judge/subject.ts";
import type { EventProof } from "../../../src/model/changes/event-proof.ts";
import { parseKey, type Key } from "../../../src/model/keys/key.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { LiveFunction } from "../../../src/model/live.ts";
import { planDigest } from "../../../src/model/plan.ts";
import { view } from "../screens/world-states.ts";
import { withFunction } from "./apply.ts";
import { ACCOUNT_ID, binding, NOW_MS, REGION } from "./bindings.ts";
import { emptyAccount, liveFunctionOf } from "./live-state.ts";
import { knownRecord, passOf, statusOf } from "./passes.ts";

export const MINUTE_MS = 60_000;

/** A function that matches Git, as the last sweep read it ten minutes ago. */
export interface SettledFunction {
  readonly name: string;
  readonly readMs?: number;
  readonly binding?: Partial<DesiredBinding>;
  readonly live?: Partial<LiveFunction>;
  readonly view?: Partial<KeyView>;
  readonly record?: Partial<Subject["record"]>;
}

export function keyNamed(name: string): Key {
  const key = parseKey(`function/${ACCOUNT_ID}/${REGION}/orders/${name}`);
  if (key === undefined) throw new Error(`"${name}" makes no key`);
  return key;
}

/** All events of the region since an hour ago arrived, and none was about a function. */
export const PROOF: EventProof = {
  sinceMs: new Map([[REGION, NOW_MS - 60 * MINUTE_MS]]),
  expectedMs: new Map([[REGION, NOW_MS - 60 * MINUTE_MS]]),
  changedMs: new Map(),
  reportedMs: new Map(),
};

/** A sweep over these functions, with what each was when it was read last. */
export function sweepOf(
  functions: readonly SettledFunction[],
  { pass = {}, reads = {} }: { readonly pass?: Partial<Pass>; readonly reads?: Partial<PolicyReads> } = {},
): { readonly subjects: readonly Subject[]; readonly pass: Pass } {
  const bindings = functions.map(bindingOf);
  const views = functions.map((one) => [keyNamed(one.name), quietView(one)] as const);
  const base = functions.reduce(
    (live, one) => withFunction(live, REGION, foundOf(one)),
    emptyAccount({ observedAtMs: NOW_MS - 10 * MINUTE_MS }),
  );
  const policyReads = {
    proof: PROOF,
    withinMs: 60 * MINUTE_MS,
    tookMs: 0,
    uncompared: new Map(),
    views: new Map(views),
    ...reads,
  };
  return {
    subjects: functions.map(subjectNamed),
    pass: passOf(bindings, { base, policyReads, ...pass }),
  };
}

function bindingOf({ name, binding: change = {} }: SettledFunction): DesiredBinding {
  return binding({}, { key: keyNamed(name), functionName: name, ...change });
}

function foundOf(one: SettledFunction): LiveFunction {
  const { readMs = NOW_MS - 10 * MINUTE_MS, live = {} } = one;
  return liveFunctionOf(bindingOf(one), { policiesReadMs: readMs, ...live });
}

function subjectNamed(one: SettledFunction): Subject {
  const desired = bindingOf(one);
  const status = statusOf({ key: desired.key });
  const record = knownRecord({ key: desired.key, status, inventory: [], ...one.record }, desired);
  return { kind: "desired", key: desired.key, desired, record };
}

function quietView({ name, view: change = {} }: SettledFunction): KeyView {
  const key = keyNamed(name);
  const digest = planDigest(key, { actions: [] });
  const none = { actions: [], approvable: [], withheld: [], nextDueMs: null };
  return view(key, { plan: { key, purpose: "converge", digest, ...none }, ...change });
}
