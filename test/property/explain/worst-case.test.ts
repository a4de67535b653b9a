import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { capabilities, type Attack, type FixedKey } from "../../../src/explain/worst-case/capabilities.ts";
import { reachOf } from "../../../src/explain/worst-case/reach.ts";
import { evaluate } from "../../../src/iam/evaluate/evaluate.ts";
import { parseCaller } from "../../../src/iam/evaluate/caller.ts";
import { accessRequest } from "../../../src/iam/evaluate/request.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { policyIn, policyText } from "../../support/policies/own-policies.ts";

const ACCOUNT = "111122223333";
const SUBJECT = { partition: "aws", accountId: ACCOUNT, instance: "prod", boundary: "prod" };
const PARSED = parseCaller(`arn:aws:sts::${ACCOUNT}:assumed-role/writer/gk-1`);
const CALLER = PARSED.kind === "ok" ? PARSED.value : { kind: "anonymous" as const };

const TAG = "aws:ResourceTag/grantkeeper.dev/instance";
const BOUNDARY = "iam:PermissionsBoundary";
const VALUES = ["prod", "test", "prod*", "*", "NONE", "x"];
const RESOURCES = [
  "role/grantkeeper/a",
  "role/grantkeeper",
  "role/admin",
  "policy/grantkeeper/p",
  "policy/q",
].map((name) => `arn:aws:iam::${ACCOUNT}:${name}`);
const ATTACKS = capabilities(SUBJECT).flatMap(({ attacks }) => attacks);
const ACTIONS = [...new Set(ATTACKS.flatMap(({ actions }) => actions.slice(0, 4)))];

const condition = fc.dictionary(
  fc.constantFrom(
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringEqualsIfExists",
    "ForAnyValue:StringLike",
  ),
  fc.dictionary(
    fc.constantFrom(TAG, BOUNDARY, "lambda:Principal", "lambda:Layer", "aws:TagKeys"),
    fc.constantFrom(...VALUES),
    { minKeys: 1, maxKeys: 2 },
  ),
  { maxKeys: 2 },
);
const nulls = fc.dictionary(
  fc.constantFrom(TAG, BOUNDARY, "lambda:Layer"),
  fc.constantFrom("true", "false"),
  {
    minKeys: 1,
    maxKeys: 1,
  },
);
const actionPattern = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom("*", "iam:*", "lambda:*", "iam:*Role*") },
  { weight: 1, arbitrary: fc.constantFrom(...ACTIONS) },
);
const actions = fc.array(actionPattern, { minLength: 1, maxLength: 3 });
const resources = fc.array(
  fc.constantFrom(
    ...RESOURCES,
    "*",
    `arn:aws:iam::${ACCOUNT}:role/grantkeeper/*`,
    `arn:aws:iam::${ACCOUNT}:role/*`,
  ),
  { minLength: 1, maxLength: 2 },
);
const statement = fc
  .record({
    Effect: fc.constantFrom("Allow", "Allow", "Deny"),
    action: fc.record({ is: actions, isNegated: fc.constantFrom(false, false, true) }),
    resource: fc.record({ is: resources, isNegated: fc.constantFrom(false, false, true) }),
    condition,
    nulls: fc.option(nulls, { nil: undefined }),
  })
  .map(({ Effect, action, resource, condition: tests, nulls: absent }) => {
    const Condition = { ...tests, ...(absent !== undefined && { Null: absent }) };
    return {
      Effect,
      [action.isNegated ? "NotAction" : "Action"]: action.is,
      [resource.isNegated ? "NotResource" : "Resource"]: resource.is,
      ...(Object.keys(Condition).length > 0 && { Condition }),
    };
  });

/** A request of the attack: its fixed keys as they are, all others by chance. */
function requestOf(attack: Attack, drawn: { readonly pick: number; readonly values: readonly string[] }) {
  const { pick, values } = drawn;
  const context = new Map<string, string>();
  for (const [at, key] of [TAG, BOUNDARY, "lambda:Principal", "lambda:Layer", "aws:TagKeys"].entries())
    if (values[at] !== undefined && values[at] !== "") context.set(key.toLowerCase(), values[at]);
  for (const [key, fixed] of attack.fixed) fix(context, key, fixed);
  const allowed = RESOURCES.filter((arn) => attack.outside === null || !arn.startsWith(attack.outside));
  return accessRequest({
    caller: CALLER,
    action: attack.actions[pick % attack.actions.length] ?? "",
    resource: allowed[pick % allowed.length] ?? "*",
    context: Object.fromEntries(context),
  });
}

function fix(context: Map<string, string>, key: string, fixed: FixedKey): void {
  if (fixed.kind === "absent") context.delete(key);
  if (fixed.kind === "is") context.set(key, fixed.value);
  if (fixed.kind === "other-than" && [undefined, fixed.value].includes(context.get(key)))
    context.set(key, "other");
}

test(
  "no request that the evaluator allows is one that the worst case calls impossible",
  () => {
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 4 }),
        fc.option(fc.array(statement, { minLength: 1, maxLength: 2 }), { nil: null }),
        fc.constantFrom(...ATTACKS),
        fc.record({ pick: fc.nat(), values: fc.array(fc.constantFrom("", ...VALUES), { maxLength: 5 }) }),
        fc.boolean(),
        (own, limit, attack, drawn, isSession) => {
          const identity = [policyIn(ACCOUNT, "identity", policyText(own))];
          const dialect = isSession ? "identity" : "boundary";
          const limits = limit === null ? [] : [policyIn(ACCOUNT, dialect, policyText(limit))];
          const [boundary, session] = isSession ? [null, limits] : [limits[0] ?? null, []];
          const request = requestOf(attack, drawn);
          const decision = evaluate(request, { identity, boundary, session, resource: { kind: "none" } });
          fc.pre(decision.kind === "allowed");

          const reach = reachOf(request.action, attack, { identity, limits, unread: null });

          expect(["allowed", "unknown"]).toContain(reach.kind);
        },
      ),
      { numRuns: FC_RUNS, maxSkipsPerRun: 1_000 },
    );
  },
  LAW_TIMEOUT_MS,
);
