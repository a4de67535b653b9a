import type { Tag } from "./tag.ts";

/**
 * The tags that CloudFormation sets on each resource of a stack: the stack, and the resource in its template.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 */
export const STACK_TAG = "aws:cloudformation:stack-name";
export const STACK_ID_TAG = "aws:cloudformation:stack-id";
export const LOGICAL_ID_TAG = "aws:cloudformation:logical-id";

const MANAGER_KEYS: ReadonlySet<string> = new Set([
  "managedby",
  "createdby",
  "deployedby",
  "provisionedby",
  "iac",
]);

/** Terraform sets no tag of its own: these are the usual ones of teams. */
export function isTagOfTerraform({ key, value }: Tag): boolean {
  const name = key.toLowerCase().replaceAll(/[^a-z]/g, "");
  const text = value.toLowerCase();
  if (name === "terraform") return text !== "false" && text !== "no";
  return MANAGER_KEYS.has(name) && text === "terraform";
}
