import type { Deployer } from "./deployer.ts";

interface SituationFacts {
  readonly live: string;
  /** Whether it is a fact of the role, and so of every function on it. */
  readonly of: "function" | "role";
  /** The tools that leave functions in this situation; missing: any. */
  readonly deployers?: readonly Deployer[];
}

const CONSOLE: readonly Deployer[] = ["console"];

/** What makes the adoption of a function difficult. */
export const SITUATIONS = {
  "shared-role": { live: "one role of 12 functions", of: "role", deployers: ["terraform", "unknown"] },
  "three-policy-kinds": { live: "inline, AWS-managed and customer-managed policies", of: "role" },
  administrator: { live: "AdministratorAccess", of: "role" },
  "trust-names-account": { live: "a trust policy that also names an account", of: "role" },
  "service-role-path": { live: "a role at the path /service-role/", of: "role", deployers: CONSOLE },
  "console-logs-policy": { live: "AWSLambdaBasicExecutionRole-UUID", of: "role", deployers: CONSOLE },
  "cdk-names": { live: "hashed names of CDK", of: "function", deployers: ["cdk"] },
  sam: { live: "deployed by SAM", of: "function", deployers: ["sam"] },
  serverless: {
    live: "deployed by the Serverless Framework, with one role for its stack",
    of: "function",
    deployers: ["serverless"],
  },
  "terraform-for-each": {
    live: "created by for_each of Terraform",
    of: "function",
    deployers: ["terraform"],
  },
  "alias-on-old-role": { live: "an alias on a version with the former role", of: "function" },
  edge: { live: "a replica of Lambda@Edge", of: "function", deployers: ["cloudformation", "unknown"] },
  "container-image": { live: "a container image", of: "function" },
  vpc: { live: "in a VPC", of: "function" },
  destinations: { live: "a dead-letter queue and a destination", of: "function" },
  "cross-account-caller": { live: "a caller of another account", of: "function" },
  "api-gateway-console-sid": { live: "a statement of API Gateway's console", of: "function" },
  "s3-without-source-account": { live: "S3 as a caller without SourceAccount", of: "function" },
  "event-rule-wildcard": { live: "EventBridge as a caller with rule/*", of: "function" },
  "dangling-principal": { live: "a caller that was deleted", of: "function" },
  "policy-unreadable": { live: "GetPolicy is denied", of: "function" },
  "longest-name": {
    live: "a name of 64 characters",
    of: "function",
    deployers: ["cdk", "cloudformation", "sam", "terraform", "unknown"],
  },
  "quota-size-policy": { live: "inline policies of 10,240 characters", of: "role" },
  "not-action": { live: "NotAction with Allow", of: "role" },
  "extra-condition": { live: "a usual permission under one more condition", of: "role" },
  "foreign-boundary": { live: "a permissions boundary of others", of: "role" },
} as const satisfies Record<string, SituationFacts>;

export type Situation = keyof typeof SITUATIONS;

export const ALL_SITUATIONS = Object.keys(SITUATIONS) as readonly Situation[];

/** Lambda@Edge has none of these, and a replica has no callers of its own. */
const NOT_AT_THE_EDGE: ReadonlySet<Situation> = new Set([
  "alias-on-old-role",
  "container-image",
  "vpc",
  "destinations",
  "cross-account-caller",
  "api-gateway-console-sid",
  "s3-without-source-account",
  "event-rule-wildcard",
  "dangling-principal",
  "longest-name",
]);

/** The tools that can leave one function in all these situations. */
export function deployersOf(situations: readonly Situation[], all: readonly Deployer[]): readonly Deployer[] {
  if (situations.includes("edge") && situations.some((each) => NOT_AT_THE_EDGE.has(each))) return [];
  // for_each gives each function a role of its own here.
  if (situations.includes("shared-role") && situations.includes("terraform-for-each")) return [];
  return all.filter((deployer) =>
    situations.every((each) => {
      const { deployers }: SituationFacts = SITUATIONS[each];
      return deployers === undefined || deployers.includes(deployer);
    }),
  );
}

/** The tool alone makes these: a function of it is always in them. */
export const IMPLIED: Readonly<Partial<Record<Deployer, Situation>>> = {
  cdk: "cdk-names",
  sam: "sam",
  serverless: "serverless",
  console: "service-role-path",
};
