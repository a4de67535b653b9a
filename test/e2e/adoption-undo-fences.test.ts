import { afterEach, expect, test } from "@jest/globals";
import { estate, functions, keyOf, PROD, READ_ORDERS, WRITE_ORDERS } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText } from "../support/manifests.ts";

const ACCOUNT = accountText(
  "prod",
  PROD,
  `  functionRole: manage
  binder: {role: "arn:aws:iam::${PROD}:role/grantkeeper-system/binder", externalId: gk-test}
`,
);
const KEY = keyOf("a");

let installation: Installation;
afterEach(() => installation.stop());

const roleNow = (): unknown =>
  installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions["a"]?.versions["$LATEST"]?.["Role"];

function filesOf(spec: string, verbs: string): Record<string, string> {
  const team = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec:
  accounts: [prod]
  functions: ["*"]
  resources: ["*"]
  grants: {dynamodb: [${verbs}]}
`;
  const text = `${spec}  functionRole: manage\n`;
  return { ...estate(functions(["a"], text), ACCOUNT), "platform/team.yaml": team };
}

test("the role before a change of its name, which a Team refuses since, is no way back", async () => {
  const renamed = `${READ_ORDERS}  role: {name: b}\n`;
  installation = await Installation.start({ files: filesOf(WRITE_ORDERS, "read, write") });
  await installation.converge();
  await installation.push(filesOf(renamed, "read, write"));
  await installation.settled();
  await installation.approveAll();
  await installation.settled();
  expect(roleNow()).toBe(`arn:aws:iam::${PROD}:role/grantkeeper/b`);
  await installation.push(filesOf(renamed, "read"));
  await installation.settled();

  const found = await installation.control.undoPlans({ keys: [KEY], acceptChanges: true });

  expect(found).toMatchObject({
    value: { subject: null, plans: [{ finding: { obstacles: [{ kind: "declared-role" }] } }] },
  });
});
