import { desiredOf, type Files } from "../../../demo/manifests.ts";
import { seedConsoleUser } from "../../../demo/seed.ts";
import { ownDeclaredPolicies } from "../../../src/aws/own/declared.ts";
import { BASE_ROLE, seedAccounts, seedBase, seedFunction } from "../../../src/simulator/seed.ts";
import type { Desired } from "../../../src/model/desired.ts";
import { emptyWorld, type AccessKey, type WorldState } from "../../../src/simulator/world.ts";
import { parseKey, type Key } from "../../../src/model/keys/key.ts";
import { INSTANCE } from "./compose.ts";
import { accountText, functionText } from "../manifests.ts";

/** The one account of a test that does not speak about accounts: `prod`, in enforce, eu-west-1 and us-east-1. */
export const PROD = "222222222222";

export const BOUNDARY = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: platform-default}
spec:
  use: boundary
  document:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: ["dynamodb:*", "logs:*", "s3:*", "sns:*", "sqs:*"]
        Resource: "*"
`;

/** These files with an account and a boundary. */
export function estate(files: Files, account: string = accountText("prod", PROD)): Files {
  return { "platform/accounts.yaml": account, "platform/boundary.yaml": BOUNDARY, ...files };
}

export const READ_ORDERS = "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n";
export const WRITE_ORDERS = "  grants: [{dynamodb: {table: orders, allow: [read, write]}}]\n";
export const CALLED_BY_TOPIC = "  invokedBy: [{sns: {topic: placed}}]\n";

/** `teams/<namespace>/<name>.yaml` for each name, all with the same spec (YAML, indented by two). */
export function functions(names: readonly string[], spec: string, namespace = "orders"): Files {
  return Object.fromEntries(names.map((name) => [fileOf(name, namespace), functionText(name, spec)]));
}

export function fileOf(name: string, namespace = "orders"): string {
  return `teams/${namespace}/${name}.yaml`;
}

/** The key of a function in prod, eu-west-1. */
export function keyOf(name: string, namespace = "orders"): Key {
  const key = parseKey(`function/${PROD}/eu-west-1/${namespace}/${name}`);
  if (key === undefined) throw new Error(`"${name}" makes no key`);
  return key;
}

/** The name of the role that a function in eu-west-1 gets. */
export function roleNameOf(name: string): string {
  return `${name}-eu-west-1`;
}

export interface Estate {
  readonly world: WorldState;
  readonly desired: Desired;
  readonly base: AccessKey;
  /** By account id: an operator with access to the console. */
  readonly console: ReadonlyMap<string, AccessKey>;
}

/** AWS before Grantkeeper is installed: Grantkeeper's own roles, boundaries, and every function, without its declared role. */
export function estateWorld(files: Files): Estate {
  const desired = desiredOf(files, INSTANCE);
  const world = emptyWorld();
  const base = seedBase(world);
  seedAccounts(world, desired, ownDeclaredPolicies(desired, BASE_ROLE));
  for (const binding of desired.bindings.values()) seedFunction(world, binding, binding.role.arn);
  const console = [...desired.accounts.keys()].map((id) => [id, seedConsoleUser(world, id)] as const);
  return { world, desired, base, console: new Map(console) };
}
