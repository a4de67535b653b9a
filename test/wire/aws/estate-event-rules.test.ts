import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { EventBuses } from "../../../src/simulator/eventbridge/state.ts";
import { accountOf as stateOf, addFunction, addRole } from "../../../src/simulator/world.ts";
import { ACCOUNT, must, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { readEstate } from "./imported-estate.ts";

const BUSES = "events:ListEventBuses";
const RULES = "events:ListRuleNamesByTarget";
const ANY = `arn:aws:events:${REGION}:${ACCOUNT}:rule/*`;
const arnOf = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const ruleArn = (name: string): string => `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`;

let world: AwsWorld;
beforeEach(async () => {
  world = await startAwsWorld((state) => {
    addRole(state, { accountId: ACCOUNT, name: "app" });
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/app`;
    for (const name of ["exact", "none", "rules"]) {
      const found = addFunction(state, { accountId: ACCOUNT, region: REGION, name, roleArn });
      const source = name === "rules" ? ANY : ruleArn("exact");
      if (name !== "none") found.policies["$LATEST"] = { revisionId: "1", document: calledBy(name, source) };
    }
  });
});
afterEach(() => world.stop());

function calledBy(name: string, source: string): Readonly<Record<string, unknown>> {
  const statement = {
    Sid: "rules",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: arnOf(name),
    Condition: { ArnLike: { "AWS:SourceArn": source } },
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

/** On many buses and in more rules than one page has. */
function addRules(): void {
  const rule = { targets: [arnOf("rules")] };
  const many = Object.fromEntries(Array.from({ length: 130 }, (_, at) => [`r${1_000 + at}`, rule]));
  const buses: EventBuses = {
    default: { ...many, other: { targets: [arnOf("exact")] } },
    ...Object.fromEntries(Array.from({ length: 110 }, (_, at) => [`bus-${1_000 + at}`, { placed: rule }])),
  };
  stateOf(world.world, ACCOUNT).eventBuses = { [REGION]: buses };
}

test("of a function that a pattern of rules may call, the rules of all event buses that have it as a target are read; of others none", async () => {
  addRules();

  const { eventRules } = await readEstate(world);

  const found = must(eventRules.kind === "known" ? eventRules.value : undefined);
  const rules = found.get(arnOf("rules"));
  expect([...found.keys()]).toEqual([arnOf("rules")]);
  expect(rules).toMatchObject({ kind: "known" });
  expect(must(rules?.kind === "known" ? rules.value : undefined)).toHaveLength(240);
  expect(rules).toMatchObject({
    value: expect.arrayContaining([ruleArn("r1129"), ruleArn("bus-1109/placed")]),
  });
  // Two pages of buses; of one bus two pages.
  expect(world.reads()).toMatchObject({ [BUSES]: 2, [RULES]: 112 });
});

test.each([
  { operation: "ListEventBuses", call: BUSES, calls: { [BUSES]: 1, [RULES]: undefined } },
  { operation: "ListRuleNamesByTarget", call: RULES, calls: { [BUSES]: 2, [RULES]: 1 } },
])(
  "without $call the rules are unknown, and nothing else of the estate is missing",
  async ({ operation, call, calls }) => {
    addRules();
    const kind = { kind: "error", code: "AccessDeniedException", message: "no", status: 400 } as const;
    world.simulator.addFault({ operation, times: 10, kind });

    const { eventRules, functions, iam, roleStacks } = await readEstate(world);

    expect(eventRules).toMatchObject({ kind: "unknown", call, why: "denied" });
    expect([iam.kind, roleStacks.kind, functions.length]).toEqual(["known", "known", 3]);
    const reads: Readonly<Record<string, number | undefined>> = world.reads();
    expect([reads[BUSES], reads[RULES]]).toEqual([calls[BUSES], calls[RULES]]);
  },
);

test("if one event bus fails, the rules of the target are unknown, not those of the other buses", async () => {
  addRules();
  const kind = { kind: "error", code: "ResourceNotFoundException", message: "no", status: 400 } as const;
  world.simulator.addFault({ operation: "ListRuleNamesByTarget", resourceIncludes: "bus-1040", kind });

  const { eventRules } = await readEstate(world);

  const rules = eventRules.kind === "known" ? eventRules.value.get(arnOf("rules")) : eventRules;
  expect(rules).toMatchObject({ kind: "unknown", call: RULES, why: "failed" });
});

test("without such a function EventBridge is not asked", async () => {
  delete stateOf(world.world, ACCOUNT).lambda[REGION]?.functions["rules"];

  const { eventRules } = await readEstate(world);

  expect(eventRules).toEqual({ kind: "known", value: new Map() });
  expect(world.reads()).not.toHaveProperty(BUSES);
});
