import { describe, expect, test } from "@jest/globals";
import { mergedWhoCan, whoCan, type AskedFunction } from "../../../../src/explain/reverse/who-can.ts";
import type { LiveInputs } from "../../../../src/explain/why/case.ts";
import { declaredPolicies } from "../../../../src/explain/why/role-policies.ts";
import type { WhoCan } from "../../../../src/model/answers/questions/who-can.ts";
import type { CompiledDocument } from "../../../../src/model/desired.ts";
import { targetText } from "../../../../src/model/keys/key.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import { allow, binding, compiled, desiredOf, NOW_MS } from "../../../support/pass/bindings.ts";
import { actionDataOf } from "../../../support/policies/action-data.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
const ALLOWING = compiled(allow("dynamodb:GetItem", TABLE));
const NOTHING = compiled();
const CONDITIONAL = compiled({
  ...allow("dynamodb:GetItem", TABLE),
  Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } },
});
const DATA = actionDataOf({ "dynamodb:GetItem": { arns: ["arn:aws:dynamodb:*:*:table/*"] } });

function declared(inline: CompiledDocument): Exclude<AskedFunction["git"], string | null> {
  const of = binding({ inline, boundary: null });
  const reading = { fileName: (path: string) => path, awsText: () => undefined };
  return { role: of.role, policies: declaredPolicies(of, desiredOf([]), reading) };
}

function inAws(inline: CompiledDocument): LiveInputs {
  const { role, policies } = declared(inline);
  return { policies, role, readAtMs: NOW_MS, failing: null, awsText: () => undefined };
}

function asked(change: Pick<AskedFunction, "git" | "live">, name = "orders-api"): AskedFunction {
  const of = binding({}, { functionName: name });
  return { target: targetText(of).replace("orders-api", name), key: of.key, function: of, ...change };
}

function ask(
  functions: readonly AskedFunction[],
  context: Readonly<Record<string, string | readonly string[]>> = {},
) {
  const question = { action: "DynamoDB:getitem", resource: TABLE, context };
  return complete(whoCan(question, functions, { actionData: DATA, nowMs: NOW_MS }));
}

const conclusions = ({ allowed }: Pick<WhoCan, "allowed">) => allowed.map(({ live, git }) => [live, git]);

describe("a function", () => {
  test.each([
    {
      because: "both allow it",
      live: inAws(ALLOWING),
      git: declared(ALLOWING),
      expected: ["allowed", "allowed"],
    },
    {
      because: "AWS alone allows it",
      live: inAws(ALLOWING),
      git: declared(NOTHING),
      expected: ["allowed", "denied"],
    },
    {
      because: "no manifest names it",
      live: inAws(ALLOWING),
      git: null,
      expected: ["allowed", "not-declared"],
    },
    {
      because: "its manifest is broken",
      live: inAws(ALLOWING),
      git: "a.yaml:1:1: x",
      expected: ["allowed", "unknown"],
    },
    {
      because: "Git alone allows it",
      live: inAws(NOTHING),
      git: declared(ALLOWING),
      expected: ["denied", "allowed"],
    },
    {
      because: "AWS was not read",
      live: "AccessDenied",
      git: declared(ALLOWING),
      expected: ["unknown", "allowed"],
    },
    {
      because: "it is not deployed",
      live: { kind: "absent" } as const,
      git: declared(ALLOWING),
      expected: ["not-deployed", "allowed"],
    },
  ])("is listed: $because", ({ live, git, expected }) => {
    expect(conclusions(ask([asked({ live, git })]))).toEqual([expected]);
  });

  test.each([
    { because: "AWS was not read", live: "AccessDenied", git: declared(NOTHING), reason: "AccessDenied" },
    { because: "no manifest is known either", live: "AccessDenied", git: null, reason: "AccessDenied" },
    {
      because: "its manifest is broken",
      live: inAws(NOTHING),
      git: "a.yaml:1:1: x",
      reason: "by Git: a.yaml:1:1: x",
    },
    {
      because: "it is not deployed, and its manifest is broken",
      live: { kind: "absent" } as const,
      git: "a.yaml:1:1: x",
      reason: "by Git: a.yaml:1:1: x",
    },
  ])("is unknown: $because", ({ live, git, reason }) => {
    const answer = ask([asked({ live, git })]);

    expect([answer.allowed, answer.denied]).toEqual([[], 0]);
    expect(answer.unknown).toEqual([{ reason, targets: ["orders/orders-api@prod/eu-west-1"] }]);
  });

  test("is unknown if a condition needs a value that was not given, and allowed with that value", () => {
    const one = asked({ live: inAws(CONDITIONAL), git: declared(CONDITIONAL) });

    expect(ask([one]).unknown).toMatchObject([{ reason: expect.stringContaining("aws:sourcevpc") }]);
    expect(conclusions(ask([one], { "aws:SourceVpc": "vpc-1" }))).toEqual([["allowed", "allowed"]]);
    expect(ask([one], { "aws:SourceVpc": ["vpc-1"] }).context).toEqual({ "aws:SourceVpc": ["vpc-1"] });
  });

  test.each([
    { because: "neither allows it", live: inAws(NOTHING), git: declared(NOTHING) },
    { because: "it is not deployed, and no manifest names it", live: { kind: "absent" } as const, git: null },
  ])("counts as denied: $because", ({ live, git }) => {
    expect(ask([asked({ live, git })])).toMatchObject({ allowed: [], unknown: [], denied: 1 });
  });
});

test("those that AWS allows come first, then by name, and one reason of many is one group", () => {
  const answer = ask([
    asked({ live: inAws(NOTHING), git: declared(ALLOWING) }, "a"),
    asked({ live: inAws(ALLOWING), git: null }, "c"),
    asked({ live: inAws(ALLOWING), git: null }, "b"),
    asked({ live: "one", git: null }, "d"),
    asked({ live: "two", git: null }, "f"),
    asked({ live: "two", git: null }, "e"),
    asked({ live: "alone", git: null }, "g"),
  ]);

  expect(answer.action).toBe("dynamodb:GetItem");
  expect(answer.allowed.map(({ target }) => target.slice(7, 8))).toEqual(["b", "c", "a"]);
  expect(answer.unknown.map(({ reason, targets }) => [reason, targets.length])).toEqual([
    ["two", 2],
    ["alone", 1],
    ["one", 1],
  ]);
});

test("the answers about some of the functions each are together the answer about all", () => {
  const functions = [
    asked({ git: declared(NOTHING), live: inAws(NOTHING) }, "denied"),
    asked({ git: declared(ALLOWING), live: inAws(ALLOWING) }, "b"),
    asked({ git: declared(ALLOWING), live: { kind: "absent" } }, "not-deployed"),
    asked({ git: null, live: "AWS was not read yet" }, "z"),
    asked({ git: null, live: "AWS was not read yet" }, "y"),
    asked({ git: declared(ALLOWING), live: inAws(ALLOWING) }, "a"),
  ];

  const parts = [functions.slice(3), functions.slice(0, 3)].map((part) => ask(part));

  const merged = mergedWhoCan([ask([]), ...parts]);
  expect(merged).toEqual(ask(functions));
  expect(merged.allowed).toHaveLength(3);
});
