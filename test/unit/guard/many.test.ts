import { describe, expect, test } from "@jest/globals";
import { guardIndex } from "../../../src/guard/context/guard-index.ts";
import { RoleChecks } from "../../../src/guard/context/role-checks.ts";
import { judgeDesired, judgeDesiredSteps } from "../../../src/guard/judge-desired.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { LiveAccount, LiveFunction } from "../../../src/model/live.ts";
import { contextOf, document, liveAccount, liveFunction, policyText, world } from "./judged.ts";

const USERS = 200;
/** An escalation path, which is reported on the policy for each role. */
const ESCALATION = document({ Effect: "Allow", Action: "iam:AttachRolePolicy", Resource: "*" });

/** `found` with the given number of bindings like its own. */
function withMany(found: ReturnType<typeof world>, count: number): ReturnType<typeof world> {
  const copies = Array.from({ length: count }, (_, at): [Key, DesiredBinding] => {
    const key = `${found.binding.key}-${at}` as Key;
    return [key, { ...found.binding, key }];
  });
  return { ...found, desired: { ...found.desired, bindings: new Map(copies) } };
}

describe("a ManagedPolicy on many roles", () => {
  const found = withMany(
    world("  managedPolicies: [wide]", { "teams/orders/wide.yaml": policyText("wide", ESCALATION) }),
    USERS,
  );
  const wide = [...found.desired.policies.values()].find(({ name }) => name === "wide");
  if (wide === undefined) throw new Error("no policy");

  test("is judged with a pause after each of them, and to the same result", () => {
    const context = contextOf(found);
    const steps = judgeDesiredSteps(wide, context);
    let pauses = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) pauses += 1;

    expect(pauses).toBeGreaterThanOrEqual(USERS);
    expect(step.value).toEqual(judgeDesired(wide, context));
    expect(step.value.filter(({ rule }) => rule === "ESC-AttachRolePolicy")).toHaveLength(USERS);
  });

  test("is judged with one search of the waivers per rule, not one per breach", () => {
    let looks = 0;
    const index = guardIndex({
      desired: found.desired,
      live: null,
      judged: [],
      roleChecks: new RoleChecks(),
    });
    const waivers = new (class extends Map<string, never> {
      override get(name: string): undefined {
        if (name.startsWith("ESC-AttachRolePolicy ")) looks += 1;
        return undefined;
      }
    })();

    judgeDesired(wide, contextOf(found, { index: { ...index, waivers } }));

    // Each role is read once for its own judgement, and once for the policy.
    expect(looks).toBe(2 * USERS);
  });
});

describe("functions that share a role", () => {
  test("are searched once for all bindings", () => {
    let walks = 0;
    const functions = new (class extends Map<string, LiveFunction> {
      override values(): MapIterator<LiveFunction> {
        walks += 1;
        return super.values();
      }
    })();
    const found = withMany(world("  tracing: true"), USERS);
    const { arn } = found.binding.role;
    functions.set("other", liveFunction("other", { roleArn: arn }));
    const plain = liveAccount();
    const regions: LiveAccount["regions"] = new Map(
      [...plain.regions].map(([name, region]) => [name, { ...region, functions } as typeof region]),
    );
    const context = contextOf(found, { live: { ...plain, regions } });

    const shared = [...found.desired.bindings.values()].filter((binding) =>
      judgeDesired(binding, context).some(({ rule }) => rule === "SHR-001"),
    );

    expect(shared).toHaveLength(USERS);
    expect(walks).toBe(1);
  });
});
