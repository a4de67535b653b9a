import { AttachRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { afterEach, describe, expect, test } from "@jest/globals";
import { estate, functions, keyOf, PROD, READ_ORDERS, roleNameOf } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { allKeys } from "../support/record/all-keys.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const HOUR_MS = 3_600_000;

let installation: Installation;
afterEach(() => installation.stop());

const rulesOf = (name: string): readonly string[] =>
  (installation.control.keyView(keyOf(name))?.liveRules.breaches ?? []).map(({ rule }) => rule);
const declaredOf = (name: string) => installation.control.keyView(keyOf(name))?.findings;
const recordOf = async (name: string) =>
  (await allKeys(installation.store)).find(({ key }) => key === keyOf(name));

async function suspended(between: () => Promise<void>): Promise<void> {
  const scope = { accountId: null, namespace: "orders", key: null };
  const until = new Date(Date.now() + HOUR_MS).toISOString();
  await installation.control.suspend({ scope, reason: "test", until }, "dana");
  await between();
  const [suspension] = (await installation.overview()).suspensions;
  await installation.control.resume({ id: suspension?.id ?? "", reason: "over" }, "dana");
}

describe("rules that AWS breaks and Git does not", () => {
  test("a policy that someone attached in AWS breaks its rules until it is reverted", async () => {
    installation = await Installation.start({ files: estate(functions(["f1", "f2"], READ_ORDERS)) });
    await installation.converge();
    expect([rulesOf("f1"), rulesOf("f2")]).toEqual([[], []]);

    await suspended(async () => {
      const { iam } = installation.consoleOf(PROD);
      await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf("f1"), PolicyArn: ADMINISTRATOR }));
      await installation.settled();

      expect(rulesOf("f1")).toEqual(expect.arrayContaining(["ACT-001", "ATT-001", "ESC-*"]));
      expect([declaredOf("f1"), rulesOf("f2")]).toEqual([[], []]);
      expect(Object.keys((await recordOf("f1"))?.rulesBrokenInAws ?? {})).toEqual(rulesOf("f1"));
    });
    await installation.settled();

    expect(rulesOf("f1")).toEqual([]);
    expect(await recordOf("f1")).not.toHaveProperty("rulesBrokenInAws");
  });

  test("an inline policy and callers that Git does not declare are judged, also those that are left alone", async () => {
    installation = await Installation.start({ files: estate(functions(["f1"], READ_ORDERS)) });
    await installation.converge();

    await suspended(async () => {
      const { iam, lambda } = installation.consoleOf(PROD);
      const PolicyDocument = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }],
      });
      await iam.send(
        new PutRolePolicyCommand({ RoleName: roleNameOf("f1"), PolicyName: "hotfix", PolicyDocument }),
      );
      const call = { FunctionName: "f1", Action: "lambda:InvokeFunction" };
      await lambda.send(new AddPermissionCommand({ ...call, StatementId: "open", Principal: "*" }));
      const SourceArn = `arn:aws:events:eu-west-1:${PROD}:rule/*`;
      const Principal = "events.amazonaws.com";
      await lambda.send(new AddPermissionCommand({ ...call, StatementId: "wide", Principal, SourceArn }));
      await installation.settled();

      expect(rulesOf("f1")).toEqual(expect.arrayContaining(["INV-003", "INV-005", "RES-001"]));
    });
  });
});
