import { describe, expect, test } from "@jest/globals";
import { known, notCalled, type Estate } from "../../../../src/adopt/estate/estate.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, fileOf, importPlan, outcomeOf } from "../../../support/adopt/import.ts";
import { policyText } from "../../../support/adopt/policies.ts";
import { READ, calledBy } from "../../../support/adopt/imported.ts";

describe("an import that is repeated", () => {
  const functions = ["Orders_API", "orders-api"].map((name) =>
    estateFunction(name, { roleArn: estateRole("shared").arn }),
  );
  const all = estate({
    functions,
    iam: known(estateIam([estateRole("shared", { inline: [{ name: "app", text: policyText(READ) }] })])),
  });

  test("gives the same bytes", () => {
    expect(importPlan(all).files).toEqual(importPlan(all).files);
  });

  test("gives functions whose names differ in case alone names of their own", () => {
    const plan = importPlan(all);

    expect(plan.files.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^teams\/orders\/orders-api-[0-9a-f]{8}\.yaml$/),
      "teams/orders/orders-api.yaml",
    ]);
    expect(plan.functions).toMatchObject([
      { outcome: { difference: null } },
      { outcome: { difference: null } },
    ]);
  });

  test("gives functions whose names differ in case alone roles of their own, also in a later import", () => {
    const named = (names: readonly string[]): Estate => ({
      ...all,
      functions: names.map((name) => estateFunction(name, { roleArn: all.functions[0]?.roleArn ?? "" })),
    });
    const first = importPlan(named(["orders-API", "orders-api"]));
    const written = Object.fromEntries(first.files.map(({ path, text }) => [path, text]));
    const second = importPlan(named(["Orders-api"]), {
      files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT, ...written },
    });

    expect([...first.functions, ...second.functions].map(({ outcome }) => outcome.kind)).toEqual([
      "written",
      "written",
      "written",
    ]);
    expect(fileOf(first, "orders-api")).toMatch(/role: \{ name: orders-api-eu-west-1-[0-9a-f]{8} \}/);
  });

  test("gives functions of two stacks with one logical id manifests of their own, which stay theirs", () => {
    const names = ["shop-Api-aBcDeFgHiJkL", "mail-Api-mNoPqRsTuVwX"];
    const tags = known([{ key: "aws:cloudformation:logical-id", value: "Api" }]);
    const roleArn = estateRole("shared").arn;
    const both = { ...all, functions: names.map((name) => estateFunction(name, { tags, roleArn })) };
    const first = importPlan(both);
    const files = Object.fromEntries(first.files.map(({ path, text }) => [path, text]));
    const second = importPlan(
      { ...both, functions: both.functions.toReversed() },
      { files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT, ...files } },
    );

    expect(first.files.map(({ path }) => path).toSorted()).toEqual([
      expect.stringMatching(/^teams\/orders\/api-[0-9a-f]{8}\.yaml$/),
      "teams/orders/api.yaml",
    ]);
    expect(names.map((name) => fileOf(first, name).includes(`function: ${name}`))).toEqual([true, true]);
    expect(second.files).toEqual([]);
  });

  test.each(["null", "True", "-", "1_000", "0x10"])("declares a function that is named %s", (name) => {
    const functions = [estateFunction(name, { roleArn: all.functions[0]?.roleArn ?? "" })];

    expect(outcomeOf(importPlan({ ...all, functions }), name)).toMatchObject({
      kind: "written",
      difference: null,
    });
  });

  test("finds its own files declared and equal, and writes nothing", () => {
    const first = importPlan(all);
    const files = Object.fromEntries(first.files.map(({ path, text }) => [path, text]));

    const second = importPlan(all, { files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT, ...files } });

    expect(second.files).toEqual([]);
    expect(outcomeOf(second, "orders-api")).toEqual({
      kind: "declared",
      key: expect.stringMatching(/^function\/111122223333\/eu-west-1\/orders\/orders-api-[0-9a-f]{8}$/),
      path: expect.stringMatching(/^teams\/orders\/orders-api-[0-9a-f]{8}\.yaml$/),
      difference: null,
    });
  });

  test("shows how a declared function differs now", () => {
    const text = fileOf(importPlan(all), "orders-api").replace("[read]", "[read, write]");

    const second = importPlan(all, {
      files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT, "teams/orders/orders-api.yaml": text },
    });

    expect(outcomeOf(second, "orders-api")).toMatchObject({
      kind: "declared",
      difference: { permissions: { allowed: [{}, {}, {}] } },
    });
  });

  test("shows the callers of a declared function that AWS does not have any more", () => {
    const first = importPlan(calledBy(known({ text: TOPIC_POLICY, revisionId: "1" })));
    const files = Object.fromEntries(first.files.map(({ path, text }) => [path, text]));

    const second = importPlan(calledBy(known(null)), {
      files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT, ...files },
    });

    expect(outcomeOf(second, "orders")).toMatchObject({
      kind: "declared",
      difference: { callers: [{ caller: "sns" }] },
    });
  });

  test.each<{ readonly because: string; readonly now: Estate; readonly outcome: object }>([
    {
      because: "a resource policy that was not read has no callers that are missing",
      now: calledBy({ ...notCalled("lambda:GetPolicy"), why: "denied" }),
      outcome: {
        kind: "unknown",
        reason: "lambda:GetPolicy is denied",
        next: expect.stringMatching(/^allow/),
      },
    },
    {
      because: "a role that does not exist is not one that was not read",
      now: { ...calledBy(known(null)), iam: known(estateIam([])) },
      outcome: { kind: "blocked", reason: expect.stringMatching(/does not exist$/) },
    },
  ])("compares no declared function in part: $because", ({ now, outcome }) => {
    const first = importPlan(calledBy(known({ text: TOPIC_POLICY, revisionId: "1" })));
    const files = Object.fromEntries(first.files.map(({ path, text }) => [path, text]));

    const second = importPlan(now, { files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT, ...files } });

    expect(fileOf(first, "orders")).toContain("- sns: { topic: created }");
    expect(outcomeOf(second, "orders")).toEqual(expect.objectContaining(outcome));
  });
});

const TOPIC_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "topic",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
      Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:111122223333:created" } },
    },
  ],
});
