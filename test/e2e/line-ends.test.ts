import { afterEach, expect, test } from "@jest/globals";
import { functionText } from "../support/manifests.ts";
import { estate, PROD, roleNameOf } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

let installation: Installation | null = null;
afterEach(async () => {
  await installation?.stop();
  installation = null;
});

const DENY = `  statements:
    - reason: only from our network
      statement:
        Effect: Deny
        Action: ["dynamodb:DeleteItem"]
        Resource: "*"
        Condition:
          StringNotEquals:
            aws:SourceVpc: vpc-123
`;
const SEVERAL = `${functionText("a", DENY)}---\n${functionText("b", DENY)}`;

/** The inline policies of both roles, as AWS holds them. */
async function policiesFor(text: string): Promise<readonly (string | undefined)[]> {
  installation = await Installation.start({ files: estate({ "teams/orders/all.yaml": text }) });
  await installation.converge();
  const roles = installation.world.accounts[PROD]?.iam.roles ?? {};
  const policies = ["a", "b"].map((name) => roles[roleNameOf(name)]?.inline["grantkeeper"]);
  await installation.stop();
  installation = null;
  return policies;
}

test("AWS stores the same bytes for either kind of line ends in the manifest", async () => {
  const unix = await policiesFor(SEVERAL);
  const windows = await policiesFor(`\ufeff${SEVERAL.replaceAll("\n", "\r\n")}`);

  expect(windows).toEqual(unix);
  expect(unix).toEqual([expect.stringContaining('"vpc-123"'), expect.stringContaining('"vpc-123"')]);
});
