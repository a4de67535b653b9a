import { expect, test } from "@jest/globals";
import { known } from "../../../../src/adopt/estate/estate.ts";
import { withVariables } from "../../../../src/adopt/manifests/variables.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { imported, inline } from "../../../support/adopt/imported.ts";
import { recognized } from "../../../support/adopt/policies.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { importPlan, outcomeOf } from "../../../support/adopt/import.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
const WITH_INDEX: readonly Statement[] = [
  { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: [TABLE, `${TABLE}/index/*`] },
];
const LEFT_OUT = `dynamodb:GetItem on ${TABLE}/index/*, which no request can use: such requests name a table, never an index (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html)`;

test("a manifest and its notes name what no request can use and what the manifest therefore leaves out", () => {
  const { text, difference, notes } = imported({ role: { inline: inline(WITH_INDEX) } });

  expect(difference).toBeNull();
  expect(text).toContain("- dynamodb: { table: orders, allow: [GetItem, Query] }");
  expect(text).toMatch(/^ {2}# left out of a statement of inline policy \w+: /m);
  expect(text).toContain(LEFT_OUT);
  expect(notes).toContainEqual({ kind: "left-out", text: expect.stringContaining(LEFT_OUT) });
});

test("an account id in what is left out does not keep two accounts from sharing a manifest", () => {
  const { leftOut } = recognized(WITH_INDEX);
  const body = { permissions: { grants: [], own: [], rest: [], leftOut } };

  const { permissions } = withVariables(body, { accountId: "111122223333", region: "eu-west-1", vars: {} });

  expect(permissions.leftOut.flatMap((one) => one.permissions.map(({ resource }) => resource))).toEqual([
    "arn:aws:dynamodb:${region}:${account.id}:table/orders/index/*",
  ]);
});

test("a role that grants an index more than requests can use equals its manifest, and a second import finds no difference", () => {
  const role = estateRole("shared", { inline: inline(WITH_INDEX) });
  const functions = [estateFunction("orders", { roleArn: role.arn })];
  const read = estate({ functions, iam: known(estateIam([role])) });

  const first = importPlan(read);
  const again = importPlan(read);

  expect(again.files).toEqual(first.files);
  expect(outcomeOf(first, "orders")).toMatchObject({ kind: "written", difference: null });
});
