import { readFiles, type Files } from "../../../demo/manifests.ts";
import { ROOT } from "../../../demo/root.ts";
import { demoWorld, type DemoWorld } from "../../../demo/world.ts";
import { join } from "node:path";
import type { Desired } from "../../../src/model/desired.ts";
import { accountOf, addPolicy } from "../../../src/simulator/world.ts";
import { documentOf } from "../installation/simulated.ts";

/** An account that cannot be read: its observer role does not exist. */
export const UNREADABLE = { name: "vault", id: "222233334444", region: "eu-west-1" } as const;

const ACCOUNTS = "platform/accounts.yaml";

/** The manifests of the demo, with a function in an account that cannot be read. */
export function badFiles(): Files {
  const files = readFiles(join(ROOT, "manifests"));
  return {
    ...files,
    [ACCOUNTS]: `${files[ACCOUNTS] ?? ""}---
apiVersion: grantkeeper.dev/v1alpha1
kind: AwsAccount
metadata: { name: ${UNREADABLE.name} }
spec:
  id: "${UNREADABLE.id}"
  regions: [${UNREADABLE.region}]
  mode: enforce
  observer: { role: "arn:aws:iam::${UNREADABLE.id}:role/grantkeeper-system/observer", externalId: gk-vault }
  writer: { role: "arn:aws:iam::${UNREADABLE.id}:role/grantkeeper-system/writer", externalId: gk-vault }
  boundary: platform-default
`,
    "teams/orders/sealed.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: { name: sealed }
spec:
  targets: [{ accounts: [${UNREADABLE.name}], regions: [${UNREADABLE.region}] }]
  grants: [{ dynamodb: { table: sealed, allow: [read] } }]
  invokedBy: [{ sns: { topic: sealed } }]
`,
  };
}

/** As many as a role may have if its quota was raised. */
const POLICIES = 20;
const STATEMENTS = 25;

/** The statements that a role has more than Git declares. A policy of 6,144 characters has space for its part of them. */
export const MANY_STATEMENTS = POLICIES * STATEMENTS;

/** AWS of the demo with these accounts, and a role with 500 statements in policies that Git does not declare. */
export function badWorld(
  desired: Desired,
  { account, name }: { readonly account: string; readonly name: string },
): DemoWorld {
  const made = demoWorld(desired);
  const binding = [...desired.bindings.values()].find((one) => one.account === account && one.name === name);
  const role = binding && accountOf(made.world, binding.accountId).iam.roles[binding.role.name];
  if (binding === undefined || role === undefined) throw new Error(`there is no role of ${name}@${account}`);
  const { accountId } = binding;
  for (let at = 0; at < POLICIES; at += 1) {
    const statements = Array.from({ length: STATEMENTS }, (_, place) => ({
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: `arn:aws:sqs:eu-west-1:${accountId}:q${at * STATEMENTS + place}`,
      // Statements that differ in the resource alone are one line.
      Condition: { StringEquals: { "aws:SourceVpc": `vpc-${place}` } },
    }));
    const policy = addPolicy(made.world, {
      accountId,
      name: `many-${at}`,
      document: documentOf(...statements),
    });
    role.attached.push(policy.arn);
  }
  delete accountOf(made.world, UNREADABLE.id).iam.roles["observer"];
  return made;
}
