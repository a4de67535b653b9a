import { DEFAULT_BUDGETS } from "../../src/aws/requests/budgets.ts";
import { BOUNDARY, type Files } from "../generate.ts";

export const ACCOUNT = "100000000000";
export const REGION = "eu-west-1";

/**
 * Manifests of that many bundles, the unit that each peer is counted by: a role with an inline policy, two managed
 * policies, tags and a boundary; a customer-managed policy; a function; a statement of its resource policy.
 */
export function bundles(count: number): Files {
  const functions = Array.from({ length: count }, (_, at) => bundle(at));
  return Object.fromEntries([["platform/account.yaml", PLATFORM], ...functions]);
}

const identity = (name: string): string =>
  `{ role: "arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/${name}", externalId: gk-bench }`;

/** Under `aws.simulator`, only declared budgets are in force: these have the defaults, which leave a part of AWS's limits to deployments. */
export const DECLARED_FAMILIES = ["iamRead", "iamWrite", "lambda", "lambdaGetPolicy"] as const;
const BUDGETS = DECLARED_FAMILIES.map((family) => `${family}: ${DEFAULT_BUDGETS[family]}`).join(", ");

const PLATFORM = `apiVersion: grantkeeper.dev/v1alpha1
kind: AwsAccount
metadata: { name: bench }
spec:
  id: "${ACCOUNT}"
  regions: [${REGION}]
  mode: enforce
  observer: ${identity("observer")}
  writer: ${identity("writer")}
  boundary: platform-default
  tagKeys: [cost-center]
  budgets: { ${BUDGETS} }
---
${BOUNDARY}`;

function bundle(at: number): readonly [string, string] {
  const name = `fn-${String(at).padStart(5, "0")}`;
  return [
    `teams/bench/${name}.yaml`,
    `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: { name: ${name} }
spec:
  grants:
    - kinesis: { stream: "arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${name}", allow: [put] }
---
apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: { name: ${name} }
spec:
  targets: [{ accounts: [bench], regions: [${REGION}] }]
  role: { tags: { cost-center: "4711" } }
  managedPolicies: [${name}, "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"]
  grants:
    - dynamodb: { table: ${name}, allow: [read] }
  invokedBy:
    - events: { rule: ${name} }
`,
  ];
}
