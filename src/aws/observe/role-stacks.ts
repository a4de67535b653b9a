import type { StackResource } from "@aws-sdk/client-cloudformation";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { Reading } from "../../model/live.ts";
import { mapInParallel } from "../requests/in-parallel.ts";
import { unknownBecause } from "./failure.ts";
import { needed } from "./project-role.ts";
import type { AccountReader } from "./reader.ts";

const WIDTH = 4;
const CALL = "cloudformation:DescribeStackResources";

/** Statuses of a resource that belongs to the stack no longer. A resource with `DeletionPolicy: Retain` is skipped. */
const LEFT_STACK: ReadonlySet<string> = new Set(["DELETE_COMPLETE", "DELETE_SKIPPED"]);

/**
 * The stack that owns each role, from one call for each stack, or for each role of none, in each region of the account;
 * absent: none of these regions has one. Stacks are regional, and roles are not.
 */
export function readRoleStacks(
  reader: AccountReader,
  roleNames: readonly string[],
): Promise<ReadonlyMap<string, Reading<string>>> {
  const byName = new Map(roleNames.map((name) => [name.toLowerCase(), name]));
  const { regions } = reader.account;
  const stacks = new StackReader(reader);
  return mapInParallel([...byName.keys()].sort(), WIDTH, (key) =>
    stacks.stackOf({ name: byName.get(key) ?? key, regions }),
  );
}

export interface StackQuestion {
  /** Of the role. */
  readonly name: string;
  /** Where CloudFormation is asked. */
  readonly regions: readonly Region[];
}

/** Asks for the stacks of roles. An answer has the other roles of its stack, too: these are not asked for again. */
export class StackReader {
  readonly #reader: AccountReader;
  /** The name of the stack, by `REGION/ROLE`. */
  readonly #shown = new Map<string, string>();

  constructor(reader: AccountReader) {
    this.#reader = reader;
  }

  /** A stack that was found counts, even if another region was not read. */
  async stackOf({ name, regions }: StackQuestion): Promise<Reading<string>> {
    const unread: Extract<Reading<string>, { readonly kind: "unknown" }>[] = [];
    for (const region of regions) {
      const found = await this.#reading(region, name);
      if (found.kind === "present") return found;
      if (found.kind === "unknown") unread.push(found);
    }
    return unread[0] ?? { kind: "absent" };
  }

  /** @throws AwsError if CloudFormation does not answer */
  async inRegion(region: Region, name: string): Promise<Reading<string>> {
    const shown = this.#shown.get(`${region}/${name}`);
    if (shown !== undefined) return { kind: "present", value: shown };
    const input = { PhysicalResourceId: name };
    try {
      // Only what asks for the stack of a role loads this client.
      const { DescribeStackResourcesCommand } = await import("@aws-sdk/client-cloudformation");
      const answer = await this.#reader.inRegion(CALL, DescribeStackResourcesCommand, {
        region,
        input,
      });
      const resources = needed(answer.StackResources, CALL, "StackResources");
      for (const one of resources.filter(isOwnedRole))
        this.#shown.set(`${region}/${one.PhysicalResourceId}`, needed(one.StackName, CALL, "StackName"));
      return ownerIn(resources, name);
    } catch (cause) {
      if (isOfNoStack(cause, name)) return { kind: "absent" };
      throw cause;
    }
  }

  async #reading(region: Region, name: string): Promise<Reading<string>> {
    try {
      return await this.inRegion(region, name);
    } catch (cause) {
      return unknownBecause(cause);
    }
  }
}

/**
 * AWS shows a stack that was deleted for 90 days, and not whether another stack imported the role since then: a role that its
 * stack gave up is not known to be of no stack.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
 */
function ownerIn(resources: readonly StackResource[], name: string): Reading<string> {
  const own = resources.filter((one) => isRole(one) && one.PhysicalResourceId === name);
  const owned = own.find(isOwnedRole);
  if (owned !== undefined) return { kind: "present", value: needed(owned.StackName, CALL, "StackName") };
  const stack = resources[0]?.StackName ?? "a stack";
  const reason =
    own.length > 0
      ? `stack ${stack} gave up role ${name}, and CloudFormation does not show whether another stack owns it`
      : // AWS returns the first hundred resources of a stack: the role may be another one.
        `${stack} has a resource with the name ${name}, which may be the role`;
  return { kind: "unknown", reason };
}

function isOwnedRole(one: StackResource): boolean {
  return isRole(one) && !LEFT_STACK.has(needed(one.ResourceStatus, CALL, "ResourceStatus"));
}

function isRole({ ResourceType }: StackResource): boolean {
  return ResourceType === "AWS::IAM::Role";
}

/**
 * CloudFormation has no error code of its own for a resource of no stack: any other message of this code is a read that
 * failed.
 */
function isOfNoStack(cause: unknown, name: string): boolean {
  if (!(cause instanceof AwsError)) return false;
  const { code, message } = cause.facts;
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of CloudFormation, whose code is the same for other mistakes
  return code === "ValidationError" && message === `Stack for ${name} does not exist`;
}
