import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { Comparer } from "../../../src/iam/compare/comparer.ts";
import { DocumentCache } from "../../../src/iam/compare/document-cache.ts";
import { judge } from "../../../src/judge/judge.ts";
import type { KeyJudgement } from "../../../src/judge/judgement.ts";
import type { Subject } from "../../../src/judge/subject.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../src/model/rules/limits.ts";
import { passOf } from "../../support/pass/passes.ts";
import { planRemoval } from "../../../src/plan/removal.ts";
import type { KeyPlan } from "../../../src/model/plan.ts";
import { appliedRecord, NOW_MS, REGION } from "../../support/pass/bindings.ts";
import { context } from "../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../support/pass/live-state.ts";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { compile, type Compilation } from "../../../src/manifest/compile/compile.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import type { Tag } from "../../../src/model/aws/tag.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { keyParts, type Key } from "../../../src/model/keys/key.ts";
import { canonicalText } from "../../../src/model/values/digest.ts";
import type { Json } from "../../../src/model/values/json.ts";
import { COMPILE_CONTEXT, functionText, parseText } from "../../support/manifests.ts";
import { actionData, contextOf, GUARDED_PLATFORM } from "../../unit/guard/judged.ts";
import { ASKING, OF_ORDERS, TEAMS } from "./two-teams.ts";

export type State = DesiredBinding | DesiredPolicy;

export function subjectsOf({ desired }: Compilation, namespace: string): readonly State[] {
  const all = [...desired.bindings.values(), ...desired.policies.values()];
  return all.filter((subject) => subject.namespace === namespace);
}

/** The parts that no drawn file changes are parsed once. */
export const KNOWN = Object.entries({ ...GUARDED_PLATFORM, ...TEAMS, ...ASKING, ...OF_ORDERS }).map(
  ([path, text]) => parseText(path, text),
);

export function compiled(files: Readonly<Record<string, string>>): Compilation {
  const drawn = Object.entries(files).map(([path, text]) => parseText(path, text));
  return compile([...KNOWN, ...drawn], COMPILE_CONTEXT);
}

export function judging({ desired }: Compilation): (subject: State) => readonly Finding[] {
  const [account] = desired.accounts.values();
  const [binding] = desired.bindings.values();
  if (account === undefined || binding === undefined) throw new Error("team orders has a binding");
  const context = contextOf({ desired, account, binding });
  return (subject) => judgeDesired(subject, context);
}

const LEFT = leftBinding();
const LEFT_RECORD = appliedRecord(LEFT, {
  unbinding: { atMs: NOW_MS - 86_400_000, agreedSweepsMs: [NOW_MS - 600_000, NOW_MS - 300_000] },
});
const LEFT_LIVE = accountWith({
  role: liveRoleOf(LEFT),
  found: liveFunctionOf(LEFT, { roleArn: "arn:aws:iam::222222222222:role/other" }),
});
const PLANNING = context(LEFT_LIVE, { record: LEFT_RECORD, instance: COMPILE_CONTEXT.instance });

/** Of team orders, as it was applied before it left Git. */
function leftBinding(): DesiredBinding {
  const { desired } = compiled({
    "teams/orders/orders-old.yaml": functionText("orders-old", "  deletionPolicy: delete\n"),
  });
  const found = [...desired.bindings.values()].find(({ name }) => name === "orders-old");
  if (found === undefined) throw new Error("it does not compile");
  return found;
}

/** The delete of what left Git, whose digest an approval names. */
export function removalOf({ desired }: Compilation): KeyPlan {
  const [account = PLANNING.account] = desired.accounts.values();
  return planRemoval(LEFT_RECORD, { ...PLANNING, desired, account: { ...account, regions: [REGION] } });
}

const TIER: Tag = { key: "tier", value: "1" };
/** An earlier state of orders-jobs was applied; orders-api exists, and runs on a role of its deployment. */
const BEFORE = earlierJobs();
const IN_AWS = accountWith(
  {
    role: liveRoleOf(BEFORE),
    found: liveFunctionOf(LEFT, { name: "orders-api", roleArn: "arn:aws:iam::222222222222:role/other" }),
  },
  { accountId: LEFT.accountId },
);
const RECORDS = new Map([[BEFORE.key, appliedRecord(BEFORE)]]);
const NO_CHANGE: Limits = { ...DEFAULT_LIMITS, changedCount: 0, changedShare: 0 };
const COMPARER = new Comparer(new DocumentCache());

function earlierJobs(): DesiredBinding {
  const found = [...compiled({}).desired.bindings.values()].find(({ name }) => name === "orders-jobs");
  if (found === undefined) throw new Error("it does not compile");
  return { ...found, role: { ...found.role, tags: [...found.role.tags, TIER] } };
}

/**
 * What a team's plans would write, what holds them, and the digests that an approval names. Of what is held for the entire
 * account, by the first enforcing pass or by a new catalogue, every team has its part.
 */
export function heldOf(compilation: Compilation, namespace: string): readonly unknown[] {
  return judgedOf(compilation)
    .filter(({ subject }) => keyParts(subject.key).namespace === namespace)
    .map(({ subject, plan, verdict }) => [subject.key, plan.digest, plan.approvable, verdict]);
}

function judgedOf({ desired }: Compilation): readonly KeyJudgement[] {
  const subjects = [...desired.bindings.values(), ...desired.policies.values()].map((state): Subject => ({
    kind: "desired",
    key: state.key,
    record: RECORDS.get(state.key) ?? emptyKeyRecord(state.key),
    desired: state,
  }));
  const [account] = desired.accounts.values();
  if (account === undefined) throw new Error("there is an account");
  const inputs = { account, actionData, limits: NO_CHANGE, instance: COMPILE_CONTEXT.instance };
  const pass = passOf([], { ...inputs, comparer: COMPARER, records: RECORDS });
  const context = { ...pass, desired, live: IN_AWS, writes: recentWrites([]), nowMs: NOW_MS };
  return judge(context, subjects).judged;
}

function hasOthers({ desired }: Compilation, namespace: string): boolean {
  const isOther = (state: State): boolean => state.namespace !== namespace;
  return (
    [...desired.bindings.values()].some(isOther) ||
    [...desired.policies.values()].some((state) => isOther(state) && state.namespace !== "platform")
  );
}

const HELD_ALONE = heldOf(compiled({}), "orders");

/** All that the controller knows of a team: its state, its verdicts, its fence, and what is left out. */
export function worldOf(compilation: Compilation, namespace: string): string {
  const { desired, invalid } = compilation;
  const findingsOf = judging(compilation);
  const isOwn = (key: Key): boolean => keyParts(key).namespace === namespace;
  const own = {
    subjects: subjectsOf(compilation, namespace).map((subject) => [subject, findingsOf(subject)]),
    invalid: [...invalid].filter(([key]) => isOwn(key)),
    fileKeys: Object.entries(compilation.fileKeys).filter(([, keys]) => keys.some(isOwn)),
    objects: compilation.objects.filter((object) => object.namespace === namespace),
    waivers: desired.waivers.filter(({ binding }) => isOwn(binding)),
    profiles: desired.profiles,
    teams: [...desired.teams],
    accounts: [...desired.accounts],
    tenancy: desired.tenancy,
    removal: removalOf(compilation),
    // Most drawn files declare nothing valid. The judged part is compared above, and is then the same.
    held: hasOthers(compilation, namespace) ? heldOf(compilation, namespace) : HELD_ALONE,
  };
  return canonicalText(own as unknown as Json);
}

/** Team orders next to a team that writes nothing. */
export const ALONE = worldOf(compiled({}), "orders");
