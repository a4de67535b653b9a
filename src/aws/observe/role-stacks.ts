import { AwsError } from "../../model/aws/aws-error.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { Reading } from "../../model/live.ts";
import { mapInParallel } from "../requests/in-parallel.ts";
import { unknownBecause } from "./failure.ts";
import { needed } from "./project-role.ts";
import type { AccountReader } from "./reader.ts";

const WIDTH = 4;
const CALL = "cloudformation:DescribeStackResources";

/**
 * The stack that owns each role, from one call for each role and region of the account; absent: none of these regions has
 * one. Stacks are regional, and roles are not.
 */
export function readRoleStacks(
  reader: AccountReader,
  roleNames: readonly string[],
): Promise<ReadonlyMap<string, Reading<string>>> {
  const byName = new Map(roleNames.map((name) => [name.toLowerCase(), name]));
  const { regions } = reader.account;
  return mapInParallel([...byName.keys()].sort(), WIDTH, (key) =>
    stackOf(reader, { name: byName.get(key) ?? key, regions }),
  );
}

export interface StackQuestion {
  /** Of the role. */
  readonly name: string;
  /** Where CloudFormation is asked. */
  readonly regions: readonly Region[];
}

/** A stack that was found counts, even if another region was not read. */
export async function stackOf(
  reader: AccountReader,
  { name, regions }: StackQuestion,
): Promise<Reading<string>> {
  const unread: Extract<Reading<string>, { readonly kind: "unknown" }>[] = [];
  for (const region of regions) {
    const found = await readingInRegion(reader, region, name);
    if (found.kind === "present") return found;
    if (found.kind === "unknown") unread.push(found);
  }
  return unread[0] ?? { kind: "absent" };
}

async function readingInRegion(
  reader: AccountReader,
  region: Region,
  name: string,
): Promise<Reading<string>> {
  try {
    return await stackInRegion(reader, region, name);
  } catch (cause) {
    return unknownBecause(cause);
  }
}

/** @throws AwsError if CloudFormation does not answer */
export async function stackInRegion(
  reader: AccountReader,
  region: Region,
  name: string,
): Promise<Reading<string>> {
  const input = { PhysicalResourceId: name };
  try {
    // Only what asks for the stack of a role loads this client.
    const { DescribeStackResourcesCommand } = await import("@aws-sdk/client-cloudformation");
    const answer = await reader.cloudFormation(CALL, DescribeStackResourcesCommand, { region, input });
    const resources = needed(answer.StackResources, CALL, "StackResources");
    const own = resources.find(
      (one) => one.ResourceType === "AWS::IAM::Role" && one.PhysicalResourceId === name,
    );
    if (own !== undefined) return { kind: "present", value: needed(own.StackName, CALL, "StackName") };
    const stack = resources[0]?.StackName ?? "a stack";
    // AWS returns the first hundred resources of a stack: the role may be another one.
    const reason = `${stack} has a resource with the name ${name}, which may be the role`;
    return { kind: "unknown", reason };
  } catch (cause) {
    if (isOfNoStack(cause, name)) return { kind: "absent" };
    throw cause;
  }
}

/**
 * CloudFormation has no error code of its own for a resource of no stack: any other message of this code is a read that
 * failed.
 */
function isOfNoStack(cause: unknown, name: string): boolean {
  if (!(cause instanceof AwsError)) return false;
  const { code, message } = cause.facts;
  // oxlint-disable-next-line house/no-parsed-sentence -- a text of CloudFormation, whose code is the same for other mistakes
  return code === "ValidationError" && message === `Stack for ${name} does not exist`;
}
