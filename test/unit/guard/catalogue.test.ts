import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import { CALLER_ENTRIES } from "../../../src/manifest/callers/catalogue.ts";
import { GRANT_ENTRIES } from "../../../src/manifest/grants/catalogue.ts";
import { grantReference } from "../../../src/manifest/schema/reference.ts";
import { accountText } from "../../support/manifests.ts";
import { ACCOUNT, judged, verdicts, world } from "./judged.ts";

// A rule that refuses what the catalogue itself writes would be a false alarm in every manifest that uses it.

const SERVICES = grantReference()
  .flatMap(({ examples }) =>
    examples.flatMap(({ expansions }) => expansions.flatMap(({ actions }) => actions)),
  )
  .map((action) => action.slice(0, action.indexOf(":")));
const actionData = await new IamActionData().load([...new Set([...SERVICES, "logs", "ec2", "xray"])]);

const GRANTS = GRANT_ENTRIES.flatMap(({ grant, examples }) =>
  examples.map((example) => ({ entry: JSON.stringify({ [grant]: example as object }) })),
);

/** A URL without authorization is open to anyone: INV-003 refuses it on purpose. */
const CALLERS = CALLER_ENTRIES.flatMap(({ caller, examples }) =>
  examples.map((example) => ({ entry: JSON.stringify({ [caller]: example as object }) })),
).filter(({ entry }) => !entry.includes('"none"'));

/** An account that admits the accounts and the organization of the examples. */
const ADMITTING = {
  "platform/accounts.yaml": accountText(
    "prod",
    ACCOUNT,
    `  callerAccounts: ["111122223333", "444455556666", "777788889999"]
  organizations: [o-a1b2c3d4e5]
  resourceAccounts: ["111122223333"]
`,
  ),
};

describe("no rule refuses", () => {
  test.each(GRANTS)("the grant $entry", ({ entry }) => {
    const found = judged(world(`  grants: [${entry}]\n`, ADMITTING), { actionData });

    expect(verdicts(found)).toEqual([]);
  });

  test("what tracing, a VPC and logs add", () => {
    expect(verdicts(judged(world("  tracing: true\n  vpc: true\n"), { actionData }))).toEqual([]);
  });

  test.each(CALLERS)("the caller $entry", ({ entry }) => {
    const found = judged(world(`  invokedBy: [${entry}]\n`, ADMITTING), { actionData });

    expect(verdicts(found)).toEqual([]);
  });
});

describe("a raw statement is judged like every other caller", () => {
  const raw = (statement: object): string =>
    `  invokedBy: [{reason: r, statement: ${JSON.stringify({ Effect: "Allow", Action: "lambda:InvokeFunction", ...statement })}}]\n`;

  test.each([
    { statement: { Principal: { Service: "sns.amazonaws.com" } }, rules: ["INV-001 block"] },
    { statement: { Principal: "*" }, rules: ["INV-003 block"] },
    { statement: { Principal: { AWS: "*" } }, rules: ["INV-003 block"] },
    {
      statement: {
        Principal: { Service: "s3.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::uploads" } },
      },
      rules: ["INV-002 block"],
    },
    {
      statement: {
        Principal: { AWS: "222222222222" },
        Action: "lambda:InvokeFunctionUrl",
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
      rules: ["INV-006 block"],
    },
  ])("$rules for $statement", ({ statement, rules }) => {
    expect(verdicts(judged(world(raw(statement)), { actionData }))).toEqual(rules);
  });
});
