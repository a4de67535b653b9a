import { expect, test } from "@jest/globals";
import { exposed, mergedExposed, type CheckedFunction } from "../../../../src/explain/reverse/exposed.ts";
import type { DesiredCaller } from "../../../../src/model/desired.ts";
import type { LiveResourcePolicy, Reading } from "../../../../src/model/live.ts";
import { targetText } from "../../../../src/model/keys/key.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import { binding, caller, NOW_MS } from "../../../support/pass/bindings.ts";
import { liveFunctionOf, presentPolicy } from "../../../support/pass/live-state.ts";

/** A service on behalf of anyone: the declared statement without its conditions. */
const OPEN: DesiredCaller = {
  ...caller("uploads"),
  origin: { file: "teams/a.yaml", line: 7, column: 3, path: "" },
};
const { Condition: _without, ...OPEN_STATEMENT } = OPEN.statement;

function checked(callers: readonly DesiredCaller[], policies: CheckedFunction["found"]): CheckedFunction {
  const of = binding({}, { callers });
  return {
    target: targetText(of),
    key: of.key,
    function: of,
    callers,
    found: policies,
    readAtMs: NOW_MS,
  };
}

const withPolicy = (qualifier: string): CheckedFunction["found"] => ({
  kind: "present",
  value: liveFunctionOf(binding(), {
    policies: new Map<string, Reading<LiveResourcePolicy>>([
      ["", { kind: "absent" }],
      [qualifier, presentPolicy(OPEN_STATEMENT)],
    ]),
  }),
});

const declaredIn = (qualifier: string, callers: readonly DesiredCaller[]): unknown => {
  const { functions } = complete(exposed([checked(callers, withPolicy(qualifier))], NOW_MS));
  return functions.flatMap(({ statements }) => statements.map(({ declaredAt }) => declaredAt));
};

test("a statement that a manifest declares has the line that declares it", () => {
  expect(declaredIn("", [{ ...OPEN, statement: OPEN_STATEMENT }])).toEqual([
    { file: "teams/a.yaml", line: 7 },
  ]);
});

test("a statement that no manifest declares has none", () => {
  expect(declaredIn("", [OPEN])).toEqual([null]);
});

test("a declaration for the function itself does not declare the same statement on an alias", () => {
  expect(declaredIn("live", [{ ...OPEN, statement: OPEN_STATEMENT }])).toEqual([null]);
});

test("a function that does not exist is neither exposed nor closed nor unknown", () => {
  const answer = complete(exposed([checked([], { kind: "absent" })], NOW_MS));

  expect(answer).toMatchObject({ functions: [], closed: 0, unknown: [] });
});

test.each([
  {
    because: "it was not read",
    found: { kind: "unknown", reason: "throttled" } as const,
    reason: "throttled",
  },
  {
    because: "its own policy was not read",
    found: { kind: "present", value: liveFunctionOf(binding(), { policies: new Map() }) } as const,
    reason: "its policy was not read",
  },
  {
    because: "the policy of an alias was refused",
    found: {
      kind: "present",
      value: liveFunctionOf(binding(), {
        policies: new Map<string, Reading<LiveResourcePolicy>>([
          ["", { kind: "absent" }],
          ["live", { kind: "unknown", reason: "AccessDenied" }],
        ]),
      }),
    } as const,
    reason: "the policy of live: AccessDenied",
  },
  {
    because: "a statement is not understood",
    found: {
      kind: "present",
      value: liveFunctionOf(binding(), {
        policies: new Map([["", presentPolicy({ Effect: "Allow", Odd: "*" })]]),
      }),
    } as const,
    reason: "its policy has a statement that is not understood",
  },
])("a function is unknown and not closed: $because", ({ found, reason }) => {
  const answer = complete(exposed([checked([], found)], NOW_MS));

  expect([answer.functions, answer.closed]).toEqual([[], 0]);
  expect(answer.unknown.map((group) => group.reason)).toEqual([reason]);
});

test("the worst comes first, among functions and among the statements of one", () => {
  const foreign = { ...OPEN_STATEMENT, Sid: "f", Principal: { AWS: "arn:aws:iam::999999999999:root" } };
  const open = { ...OPEN_STATEMENT, Sid: "p", Principal: "*" };
  const withPolicies = (name: string, ...statements: readonly object[]): CheckedFunction => ({
    ...checked([], {
      kind: "present",
      value: liveFunctionOf(binding(), { policies: new Map([["", presentPolicy(...statements)]]) }),
    }),
    target: name,
  });

  const all = [withPolicies("c", foreign), withPolicies("b", foreign), withPolicies("a", foreign, open)];
  const together = complete(exposed(all, NOW_MS));
  const { functions, oldestReadAt } = together;

  expect(
    functions.map(({ target, statements }) => [target, statements.map(({ outsider }) => outsider)]),
  ).toEqual([
    ["a", ["public", "foreign-account"]],
    ["b", ["foreign-account"]],
    ["c", ["foreign-account"]],
  ]);
  expect(oldestReadAt).toBe(new Date(NOW_MS).toISOString());
  const parts = [all.slice(2), all.slice(0, 2)].map((part) => complete(exposed(part, NOW_MS)));
  expect(mergedExposed([complete(exposed([], NOW_MS)), ...parts])).toEqual(together);
});
