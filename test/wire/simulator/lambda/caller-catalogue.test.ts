import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { CALLER_ENTRIES } from "../../../../src/manifest/callers/catalogue.ts";
import { statementOf } from "../../../../src/manifest/callers/statement.ts";
import { addPermission, createFunction, readPolicy, startLambdaWorld, type LambdaWorld } from "./world.ts";

// What a manifest compares and what Lambda stores must be the same text, or a caller would be added again for ever.

let world: LambdaWorld;
beforeEach(async () => {
  world = await startLambdaWorld();
});
afterEach(async () => {
  await world.close();
});

const PLACE = { partition: "aws", accountId: "111111111111", region: "us-east-1" };
const ARN = "arn:aws:lambda:us-east-1:111111111111:function:f";

/** A role must exist before a policy can name it, so the examples with roles are left out. */
const PERMISSIONS = CALLER_ENTRIES.flatMap(({ caller, examples, expand }) =>
  examples.flatMap((example) => expand(example, PLACE).map((permission) => ({ caller, permission }))),
).filter(({ permission }) => !permission.Principal.startsWith("arn:"));

test("Lambda stores every caller of the catalogue as the statement that it is compiled to", async () => {
  const client = world.client();
  await createFunction(client, "f");

  for (const [at, { permission }] of PERMISSIONS.entries())
    await addPermission(client, { FunctionName: "f", StatementId: `s${at}`, ...permission });

  const { Statement: stored } = (await readPolicy(client, "f")).document;
  expect(stored).toEqual(
    PERMISSIONS.map(({ permission }, at) => ({ Sid: `s${at}`, ...statementOf(permission, ARN, "aws") })),
  );
  expect(stored.length).toBeGreaterThan(25);
});
