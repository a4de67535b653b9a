import { describe, expect, test } from "@jest/globals";
import { known } from "../../../../src/adopt/estate/estate.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { fileOf, importPlan } from "../../../support/adopt/import.ts";
import { READ, imported, inline } from "../../../support/adopt/imported.ts";

describe("the role itself", () => {
  test("4: another principal in the trust is a difference", () => {
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com", AWS: "arn:aws:iam::777788889999:root" },
          Action: "sts:AssumeRole",
        },
      ],
    });

    const { difference, text, notes } = imported({ role: { trust } });

    expect(text).toContain("mode: observe");
    expect(difference?.trust.noLongerAllowed).toMatchObject([
      { principal: { name: "AWS arn:aws:iam::777788889999:root" } },
    ]);
    expect(difference?.permissions).toEqual({ allowed: [], noLongerAllowed: [], unknownEffect: [] });
    expect(notes).toContainEqual({
      kind: "foreign-trust",
      text: expect.stringContaining("the command shows the calls of the last 90 days"),
      commands: [
        "aws cloudtrail lookup-events --region eu-west-1 --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole --query \"Events[?contains(CloudTrailEvent, 'arn:aws:iam::111122223333:role/orders-role')].CloudTrailEvent\"",
      ],
    });
  });

  test("5: the new role has its default name, with any path of the old one", () => {
    expect(imported({ role: { path: "/service-role/" } }).text).not.toContain("role:");
  });

  test("22: a name that another role has is made free with a hash", () => {
    const roles = [estateRole("orders-role", { inline: inline(READ) }), estateRole("Orders-EU-west-1")];
    const all = estate({ functions: [estateFunction("orders")], iam: known(estateIam(roles)) });

    expect(fileOf(importPlan(all), "orders")).toMatch(/role: \{ name: orders-eu-west-1-[0-9a-f]{8} \}/);
  });

  test("tags are copied only if the account lists their keys", () => {
    const tags = [
      { key: "cost-center", value: "4711" },
      { key: "project", value: "x" },
    ];

    const { text, notes } = imported({ role: { tags } });

    expect(text).toContain('role: { tags: { cost-center: "4711" } }');
    expect(notes).toContainEqual({ kind: "tags", text: expect.stringContaining("not copied: project") });
  });

  test("11: an alias on an older role is named", () => {
    const { notes } = imported({
      found: {
        versions: known([{ version: "1", roleArn: "arn:aws:iam::111122223333:role/old" }]),
        aliases: known([{ name: "live", versions: ["1"] }]),
        policies: new Map([
          ["", known(null)],
          ["live", known(null)],
        ]),
      },
    });

    expect(notes).toContainEqual({
      kind: "published-versions",
      text: expect.stringContaining("alias live runs version 1 on old"),
    });
  });
});

describe("the function", () => {
  test("7, 8: a generated name is shortened to the logical id", () => {
    const name = "Orders-ApiHandler5E7490E8-aBcDeFgHiJkL";
    const tags = known([{ key: "aws:cloudformation:logical-id", value: "ApiHandler5E7490E8" }]);
    const all = estate({
      functions: [estateFunction(name, { tags })],
      iam: known(estateIam([estateRole(`${name}-role`)])),
    });

    const plan = importPlan(all);

    expect(plan.files[0]?.path).toBe("teams/orders/api-handler.yaml");
    expect(fileOf(plan, name)).toContain(`function: ${name}`);
  });

  test("12: Lambda@Edge is excluded", () => {
    expect(imported({ found: { edge: true } }).outcome).toMatchObject({ kind: "excluded" });
  });

  test("13: a container image is imported like any function", () => {
    expect(imported({ found: { code: known({ kind: "container-image" }) } }).difference).toBeNull();
  });

  test("21: a denied GetPolicy leaves no manifest, and names the call", () => {
    const unread = {
      kind: "unknown",
      call: "lambda:GetPolicy",
      why: "denied",
      reason: "AccessDenied",
    } as const;

    const { outcome, plan } = imported({ found: { policies: new Map([["", unread]]) } });

    expect(outcome).toMatchObject({ kind: "unknown", reason: "lambda:GetPolicy is denied" });
    expect(plan.files).toEqual([]);
  });

  test("a statement that no manifest can declare leaves no manifest, and is named", () => {
    const odd = {
      Sid: "Odd",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "*",
      Extra: "x",
    } as Statement;

    expect(imported({ role: { inline: inline([odd]) } }).outcome).toMatchObject({
      kind: "blocked",
      reason: expect.stringContaining("statement Odd of inline policy app cannot be declared"),
    });
  });
});
