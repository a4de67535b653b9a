import { describe, expect, test } from "@jest/globals";
import { known, type EstateIam } from "../../../../src/adopt/estate/estate.ts";
import { withVariables } from "../../../../src/adopt/manifests/variables.ts";
import type { ImportPlan } from "../../../../src/adopt/manifests/plan-import.ts";
import { compiledDocumentText, quotaSize } from "../../../../src/iam/read/print.ts";
import type { CompiledDocument } from "../../../../src/model/desired.ts";
import { DEFAULT_QUOTAS } from "../../../../src/model/live.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { fileOf, importPlan, outcomeOf } from "../../../support/adopt/import.ts";
import { policyText } from "../../../support/adopt/policies.ts";

/** The function `orders` on a role of its own. */
function imported(role: Partial<LiveRole>, iam: Partial<EstateIam> = {}) {
  const roles = [estateRole("orders-role", role)];
  return importPlan(estate({ functions: [estateFunction("orders")], iam: known(estateIam(roles, iam)) }));
}

const OWN = "arn:aws:iam::111122223333:policy/own" as Arn;
const OF_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess" as Arn;
const UNKNOWN = { kind: "unknown", reason: "iam:GetPolicyVersion is denied" } as const;

describe("an attached policy without a known document leaves the function without a manifest", () => {
  test.each<{
    readonly because: string;
    readonly arn: Arn;
    readonly iam: Partial<EstateIam>;
    reason: string;
  }>([
    { because: "the listing lacks it", arn: OWN, iam: {}, reason: `the document of ${OWN} was not read` },
    {
      because: "it could not be read",
      arn: OWN,
      iam: { policies: new Map([[OWN, UNKNOWN]]) },
      reason: `the document of ${OWN} was not read: ${UNKNOWN.reason}`,
    },
    {
      because: "it is one of AWS",
      arn: OF_AWS,
      iam: { awsManaged: new Map([[OF_AWS, UNKNOWN]]) },
      reason: `the document of ${OF_AWS} was not read: ${UNKNOWN.reason}`,
    },
  ])("$because", ({ arn, iam, reason }) => {
    const plan = imported({ attachments: [arn] }, iam);

    expect(outcomeOf(plan, "orders")).toMatchObject({ kind: "unknown", reason });
    expect(plan.files).toEqual([]);
  });
});

test("texts of the role that a manifest would read as variables are not copied", () => {
  const variable = "${account.id}";
  const plan = imported({
    description: `Orders of ${variable}`,
    tags: [{ key: "cost-center", value: variable }],
  });

  expect(fileOf(plan, "orders")).not.toContain(variable);
  expect(outcomeOf(plan, "orders")).toMatchObject({
    notes: expect.arrayContaining([{ kind: "tags", text: expect.stringContaining("cost-center") }]),
  });
});

test("a variable replaces an entire part of a name, never a piece of a longer one", () => {
  const statement: Statement = {
    Effect: "Allow",
    Action: "sqs:PurgeQueue",
    Resource: ["arn:aws:sqs:eu-west-1:111122223333:jobs", "arn:aws:sqs:eu-west-1:1:jobs-111122223333"],
  };
  const body = { permissions: { grants: [], own: [], rest: [{ statement }], leftOut: [] } };

  const { permissions } = withVariables(body as never, {
    accountId: "111122223333",
    region: "eu-west-1",
    vars: {},
  }) as typeof body;

  expect(permissions.rest[0]?.statement.Resource).toEqual([
    "arn:aws:sqs:${region}:${account.id}:jobs",
    "arn:aws:sqs:${region}:1:jobs-111122223333",
  ]);
});

describe("statements that an inline policy has no space for", () => {
  const queues = (name: string, length: number): Statement => ({
    Effect: "Allow",
    Action: "sqs:PurgeQueue",
    Resource: Array.from({ length }, (_, at) => `arn:aws:sqs:eu-west-1:111122223333:${name}-${at}`),
  });

  test("are divided into policies within the quota", () => {
    const statements = ["a", "b", "c", "d"].map((name) => queues(name, 90));

    const plan = imported({
      inline: statements.map((one, at) => ({ name: `app-${at}`, text: policyText([one]) })),
    });

    const policies = plan.files.filter(({ path }) => path.startsWith("platform/"));
    expect(outcomeOf(plan, "orders")).toMatchObject({ kind: "written", difference: null });
    expect(policies).toHaveLength(2);
  });

  test("are divided by their resources if a single one is larger than a managed policy", () => {
    const plan = imported({ inline: [{ name: "app", text: policyText([queues("jobs", 225)]) }] });

    const [policy, ...others] = plan.compilation.desired.policies.values();
    expect(outcomeOf(plan, "orders")).toMatchObject({ kind: "written", difference: null });
    expect(others).toEqual([]);
    expect(sizeOf(policy?.document)).toBeLessThanOrEqual(DEFAULT_QUOTAS.policySize);
    expect(sizeOf(inlineOf(plan))).toBeLessThanOrEqual(DEFAULT_QUOTAS.rolePolicySize);
  });

  test.each<{ readonly because: string; readonly statement: Statement }>([
    {
      because: "what it does not name",
      statement: { Effect: "Deny", Action: "sqs:*", NotResource: queues("jobs", 225).Resource ?? [] },
    },
    { because: "one resource", statement: longestOf("x".repeat(6_200)) },
  ])("stay as they are if the length is that of $because", ({ statement }) => {
    const plan = imported({ inline: [{ name: "app", text: policyText([statement, queues("b", 100)]) }] });

    const declared = (inlineOf(plan)?.statements ?? []).map((one) => Object.values(one.statement).flat());
    const { Action } = statement;
    expect(outcomeOf(plan, "orders")).toMatchObject({ kind: "written", difference: null });
    expect(declared.filter((values) => values.includes(Action ?? ""))).toHaveLength(1);
    expect(declared).toHaveLength(1);
  });
});

function longestOf(name: string): Statement {
  return {
    Effect: "Allow",
    Action: "s3:PutObjectAcl",
    Resource: [`arn:aws:s3:::orders/${name}`, "arn:aws:s3:::orders/short"],
  };
}

function inlineOf({ compilation }: ImportPlan): CompiledDocument | undefined {
  return [...compilation.desired.bindings.values()][0]?.role.inline;
}

function sizeOf(document: CompiledDocument | undefined): number {
  return document === undefined ? Number.NaN : quotaSize(compiledDocumentText(document));
}
