import type { LiveRole } from "../../model/live.ts";
import { known, notCalled, type Estate, type EstatePart, type RoleStack, type Unread } from "./estate.ts";

export const STACKS_NOT_ASKED: Unread = notCalled("cloudformation:DescribeStackResources");

export function stackOfRole(
  { roleStacks }: Pick<Estate, "roleStacks">,
  { name }: Pick<LiveRole, "name">,
): EstatePart<RoleStack> {
  if (roleStacks.kind === "unknown") return roleStacks;
  const found = roleStacks.value.get(name.toLowerCase());
  return found === undefined ? STACKS_NOT_ASKED : known(found);
}
