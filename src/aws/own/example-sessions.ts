import type { OwnIdentity } from "../../model/aws/own-roles.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { sessionPolicy } from "../calls/session-policy.ts";

/** The policies of the sessions that a pass opens, one for each kind of object, which is called NAME; the observer's have none. */
export function exampleSessions(
  { id, partition, regions }: DesiredAccount,
  identity: OwnIdentity,
): readonly string[] {
  if (identity === "observer") return [];
  const [region = ""] = regions;
  const lambda = `arn:${partition}:lambda:${region}:${id}:function:NAME`;
  const role = `arn:${partition}:iam::${id}:role/grantkeeper/NAME`;
  const policy = `arn:${partition}:iam::${id}:policy/grantkeeper/NAME`;
  const objects =
    identity === "binder"
      ? [[lambda, role, `arn:${partition}:kms:${region}:*:key/*`]]
      : [[role], [policy], [lambda]];
  return objects.map(sessionPolicy);
}
