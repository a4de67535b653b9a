import type { StackResource } from "../../cloudformation/state.ts";
import type { CallerDraft, Site, StackDraft } from "../draft.ts";
import { usualCallers } from "./usual-callers.ts";

/** A new stack without resources. */
export function newStack({ accountId, partition, region, random }: Site, name: string): StackDraft {
  const id = `arn:${partition}:cloudformation:${region}:${accountId}:stack/${name}/${random.uuid()}`;
  return { name, id, resources: [], outputs: {} };
}

/** The tags that CloudFormation sets on a resource of the stack that can have tags. */
export function stackTags({ name, id }: StackDraft, logicalId: string): Record<string, string> {
  return {
    "aws:cloudformation:stack-name": name,
    "aws:cloudformation:stack-id": id,
    "aws:cloudformation:logical-id": logicalId,
  };
}

export function addResource(stack: StackDraft, resource: StackResource): void {
  stack.resources.push(resource);
}

/** The Sid of an `AWS::Lambda::Permission`: stack, logical id and a random end. */
export function permissionSid({ name }: StackDraft, logicalId: string, { random }: Site): string {
  return `${name.slice(0, 40)}-${logicalId.slice(0, 40)}-${random.mixed(12)}`;
}

/** The usual callers of a function, each with its permission in the stack. @param construct by the logical id of a caller */
export function stackCallers(
  site: Site,
  { stack, domain }: { readonly stack: StackDraft; readonly domain: string },
  construct: (caller: string) => Pick<StackResource, "logicalId" | "metadata">,
): CallerDraft[] {
  return usualCallers(site, domain).map(({ logicalId: caller, input }) => {
    const permission = construct(caller);
    const StatementId = permissionSid(stack, permission.logicalId, site);
    addResource(stack, { ...permission, physicalId: StatementId, type: "AWS::Lambda::Permission" });
    return { StatementId, ...input };
  });
}
