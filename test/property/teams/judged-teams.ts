import { planRemoval } from "../../../src/plan/removal.ts";
import type { KeyPlan } from "../../../src/model/plan.ts";
import {
  accountWith,
  appliedRecord,
  context,
  liveFunctionOf,
  liveRoleOf,
  NOW_MS,
  REGION,
} from "../../support/pass/bindings.ts";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { compile, type Compilation } from "../../../src/manifest/compile/compile.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { keyParts, type Key } from "../../../src/model/keys/key.ts";
import { canonicalText } from "../../../src/model/values/digest.ts";
import type { Json } from "../../../src/model/values/json.ts";
import { COMPILE_CONTEXT, functionText, parseText } from "../../support/manifests.ts";
import { contextOf, GUARDED_PLATFORM } from "../../unit/guard/judged.ts";
import { OF_ORDERS, TEAMS } from "./two-teams.ts";

export type Subject = DesiredBinding | DesiredPolicy;

export function subjectsOf({ desired }: Compilation, namespace: string): readonly Subject[] {
  const all = [...desired.bindings.values(), ...desired.policies.values()];
  return all.filter((subject) => subject.namespace === namespace);
}

/** The parts that no drawn file changes are parsed once. */
export const KNOWN = Object.entries({ ...GUARDED_PLATFORM, ...TEAMS, ...OF_ORDERS }).map(([path, text]) =>
  parseText(path, text),
);

export function compiled(files: Readonly<Record<string, string>>): Compilation {
  const drawn = Object.entries(files).map(([path, text]) => parseText(path, text));
  return compile([...KNOWN, ...drawn], COMPILE_CONTEXT);
}

export function judging({ desired }: Compilation): (subject: Subject) => readonly Finding[] {
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

/** All that the controller knows of a team: its state, its verdicts, its fence, and what is left out. */
export function worldOf(compilation: Compilation, namespace: string): string {
  const { desired, invalid } = compilation;
  const judge = judging(compilation);
  const isOwn = (key: Key): boolean => keyParts(key).namespace === namespace;
  const own = {
    subjects: subjectsOf(compilation, namespace).map((subject) => [subject, judge(subject)]),
    invalid: [...invalid].filter(([key]) => isOwn(key)),
    fileKeys: Object.entries(compilation.fileKeys).filter(([, keys]) => keys.some(isOwn)),
    objects: compilation.objects.filter((object) => object.namespace === namespace),
    waivers: desired.waivers.filter(({ binding }) => isOwn(binding)),
    profiles: desired.profiles,
    teams: [...desired.teams],
    accounts: [...desired.accounts],
    tenancy: desired.tenancy,
    removal: removalOf(compilation),
  };
  return canonicalText(own as unknown as Json);
}

/** Team orders next to a team that writes nothing. */
export const ALONE = worldOf(compiled({}), "orders");
