import { expect, test } from "@jest/globals";
import type { ReferenceAnswer } from "../../../src/controller/ports/estate/references.ts";
import { referenceChecks } from "../../../src/workbench/doctor/reference-checks.ts";
import { FakeReferences } from "../../support/fakes/fake-references.ts";
import { compileTexts, functionText } from "../../support/manifests.ts";
import { checked } from "../../support/record/audit-facts.ts";

const NEVER = new AbortController().signal;
const compilation = compileTexts({
  "teams/orders/api.yaml": functionText(
    "api",
    `  grants:
    - dynamodb: {table: "\${stack.orders.TableName}", allow: [read]}
    - sqs: {queue: "\${ssm./orders/queue}", allow: [send]}
    - sns: {topic: "\${tag.sns.app=orders}", allow: [publish]}
`,
  ),
});
const account = checked([...compilation.desired.accounts.values()].find(({ name }) => name === "prod"));

const denied: ReferenceAnswer = {
  kind: "unusable",
  reason: "tag:GetResources: not authorized",
  fix: "allow tag:GetResources on *",
  isTransient: false,
  isUnread: true,
};

test("doctor counts the values that it read, warns of what AWS does not have, and fails for a denied read", async () => {
  const references = new FakeReferences();
  references.set("ssm./orders/queue", "orders");
  references.answers.set("tag.sns.app=orders", denied);

  const checks = await referenceChecks(account, { project: { compilation }, references }, NEVER);

  const about = { identity: "observer", region: "eu-west-1" };
  expect(checks).toEqual([
    { ...about, what: "references", outcome: "passed", detail: "1 value read" },
    {
      ...about,
      what: "${stack.orders.TableName}",
      outcome: "warning",
      detail: "it does not exist; teams/orders/api.yaml:7:25 names it; deploy it",
    },
    {
      ...about,
      what: "${tag.sns.app=orders}",
      outcome: "failed",
      detail:
        "tag:GetResources: not authorized; teams/orders/api.yaml:9:20 names it; allow tag:GetResources on *",
    },
  ]);
});

test("doctor reads nothing in an account where no manifest names a value", async () => {
  const references = new FakeReferences();
  const without = compileTexts({ "teams/orders/api.yaml": functionText("api", "") });

  expect(await referenceChecks(account, { project: { compilation: without }, references }, NEVER)).toEqual(
    [],
  );
  expect(references.reads).toEqual([]);
});
