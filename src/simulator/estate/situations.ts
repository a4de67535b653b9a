import type { Deployer } from "./deployer.ts";

interface SituationFacts {
  /** The number in the list of situations that an import has to handle. */
  readonly number: number;
  readonly live: string;
  /** Whether it is a fact of the role, and so of every function on it. */
  readonly of: "function" | "role";
  /** The tools that leave functions in this situation; null: any. */
  readonly deployers: readonly Deployer[] | null;
}

const CONSOLE: readonly Deployer[] = ["console"];

/** What makes the adoption of a function difficult, in the order of the numbers. */
export const SITUATIONS = {
  "shared-role": {
    number: 1,
    live: "one role of 12 functions",
    of: "role",
    deployers: ["terraform", "unknown"],
  },
  "three-policy-kinds": {
    number: 2,
    live: "inline, AWS-managed and customer-managed policies",
    of: "role",
    deployers: null,
  },
  administrator: { number: 3, live: "AdministratorAccess", of: "role", deployers: null },
  "trust-names-account": {
    number: 4,
    live: "a trust policy that also names an account",
    of: "role",
    deployers: null,
  },
  "service-role-path": {
    number: 5,
    live: "a role at the path /service-role/",
    of: "role",
    deployers: CONSOLE,
  },
  "console-logs-policy": {
    number: 6,
    live: "AWSLambdaBasicExecutionRole-UUID",
    of: "role",
    deployers: CONSOLE,
  },
  "cdk-names": { number: 7, live: "hashed names of CDK", of: "function", deployers: ["cdk"] },
  sam: { number: 8, live: "deployed by SAM", of: "function", deployers: ["sam"] },
  serverless: {
    number: 9,
    live: "deployed by the Serverless Framework, with one role for its stack",
    of: "function",
    deployers: ["serverless"],
  },
  "terraform-for-each": {
    number: 10,
    live: "created by for_each of Terraform",
    of: "function",
    deployers: ["terraform"],
  },
  "alias-on-old-role": {
    number: 11,
    live: "an alias on a version with the former role",
    of: "function",
    deployers: null,
  },
  edge: {
    number: 12,
    live: "a replica of Lambda@Edge",
    of: "function",
    deployers: ["cloudformation", "unknown"],
  },
  "container-image": { number: 13, live: "a container image", of: "function", deployers: null },
  vpc: { number: 14, live: "in a VPC", of: "function", deployers: null },
  destinations: {
    number: 15,
    live: "a dead-letter queue and a destination",
    of: "function",
    deployers: null,
  },
  "cross-account-caller": {
    number: 16,
    live: "a caller of another account",
    of: "function",
    deployers: null,
  },
  "api-gateway-console-sid": {
    number: 17,
    live: "a statement of API Gateway's console",
    of: "function",
    deployers: null,
  },
  "s3-without-source-account": {
    number: 18,
    live: "S3 as a caller without SourceAccount",
    of: "function",
    deployers: null,
  },
  "event-rule-wildcard": {
    number: 19,
    live: "EventBridge as a caller with rule/*",
    of: "function",
    deployers: null,
  },
  "dangling-principal": { number: 20, live: "a caller that was deleted", of: "function", deployers: null },
  "policy-unreadable": { number: 21, live: "GetPolicy is denied", of: "function", deployers: null },
  "longest-name": {
    number: 22,
    live: "a name of 64 characters",
    of: "function",
    deployers: ["cdk", "cloudformation", "sam", "terraform", "unknown"],
  },
  "quota-size-policy": {
    number: 23,
    live: "inline policies of 10,240 characters",
    of: "role",
    deployers: null,
  },
  "not-action": { number: 24, live: "NotAction with Allow", of: "role", deployers: null },
  "extra-condition": {
    number: 25,
    live: "a usual permission under one more condition",
    of: "role",
    deployers: null,
  },
  "foreign-boundary": { number: 26, live: "a permissions boundary of others", of: "role", deployers: null },
} as const satisfies Record<string, SituationFacts>;

export type Situation = keyof typeof SITUATIONS;

/** In the order of the numbers. */
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
      return deployers === null || deployers.includes(deployer);
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
