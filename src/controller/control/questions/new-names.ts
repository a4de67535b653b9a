import { isAwsManagedPolicy } from "../../../iam/shipped-policies.ts";
import { mayClaim } from "../../../iam/names/team-claims.ts";
import { defaultRoleName } from "../../../model/aws/role-name.ts";
import { isBinding, type Desired, type DesiredBinding, type DesiredPolicy } from "../../../model/desired.ts";
import { keyParts } from "../../../model/keys/key.ts";
import { sortedSet } from "../../../text/order.ts";

/**
 * What a state names in AWS that nothing in force of its namespace declares: a function that its Team does not list, a role
 * under another name than the default, a policy or a boundary that is not its own. Who may only read a namespace could learn
 * by a manifest that is never pushed what others have there. Sorted ARNs.
 */
export function newNames(state: DesiredBinding | DesiredPolicy | null, inForce: Desired): readonly string[] {
  if (state === null || !isBinding(state)) return [];
  const before = [...inForce.bindings.values()].filter(({ namespace }) => namespace === state.namespace);
  const known = new Set(before.flatMap(namesOf));
  const boundaries = [...inForce.bindings.values()].map(({ role }) => role.boundary?.arn);
  const isKnown = (arn: string): boolean =>
    known.has(arn) || isAwsManagedPolicy(arn) || boundaries.includes(arn as DesiredBinding["role"]["arn"]);
  return sortedSet(namesOf(state).filter((arn) => !isKnown(arn) && !isOwn(arn, state, inForce)));
}

function namesOf({ functionArn, role }: DesiredBinding): readonly string[] {
  const boundary = role.boundary === null ? [] : [role.boundary.arn];
  return [functionArn, role.arn, ...boundary, ...role.attachments.map(({ arn }) => arn)];
}

function isOwn(arn: string, state: DesiredBinding, inForce: Desired): boolean {
  const { functionArn, functionName, region, role, namespace } = state;
  if (arn === functionArn) return inForce.tenancy.kind === "closed" && mayClaim(state, inForce);
  if (arn === role.arn) return role.name === defaultRoleName(functionName, region);
  const policy = role.attachments.find((attachment) => attachment.arn === arn)?.policy ?? null;
  return policy !== null && keyParts(policy).namespace === namespace;
}
