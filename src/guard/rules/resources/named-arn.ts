import type { ActionData } from "../../../iam/action-data.ts";
import { arnParts } from "../../../model/aws/arn.ts";
import { type DesiredBinding, type DesiredPolicy, isBinding } from "../../../model/desired.ts";
import { isAssigned } from "./assigned-ids.ts";
import type { JudgedRole } from "../../context/context.ts";

/** What the ARNs of the role's own resources have in common. */
export interface ArnPlace {
  readonly partition: string;
  readonly accountId: string;
  /** null: a ManagedPolicy has no region. */
  readonly region: string | null;
}

export function placeOfRole({ partition, accountId, functionArn }: JudgedRole): ArnPlace {
  const region = functionArn === null ? null : arnParts(functionArn).region;
  return { partition, accountId, region };
}

/** The same for a statement of a binding or a ManagedPolicy, which has no region. */
export function placeOf(state: DesiredBinding | DesiredPolicy): ArnPlace {
  const { partition, accountId } = state;
  return { partition, accountId, region: isBinding(state) ? state.region : null };
}

/** The corrected `Resource` of an action, in which only the name must be filled in; null if it takes only `*`. */
export function exampleResource(action: string, place: ArnPlace, data: ActionData): string | null {
  // An access point is a second name of a bucket.
  const types = (data.find(action)?.resourceTypes ?? []).filter(
    ({ name }) => !name.startsWith("accesspoint"),
  );
  const type = types.find(({ required }) => required) ?? types[0];
  if (type === undefined) return null;
  const arn = isAssigned(action, type.name) ? arnIn(type.arn, place, "*") : namedArn(type.arn, place);
  return `write Resource: "${arn}"`;
}

/** The type's pattern with the partition, region and account of the role. */
export function namedArn(pattern: string, place: ArnPlace): string {
  return arnIn(pattern, place, "NAME");
}

function arnIn(pattern: string, { partition, accountId, region }: ArnPlace, name: "NAME" | "*"): string {
  const parts = arnParts(pattern);
  const filled = [
    "arn",
    partition,
    parts.service,
    parts.region === "*" ? (region ?? "REGION") : parts.region,
    parts.accountId === "*" ? accountId : parts.accountId,
    parts.resource.replaceAll("*", name),
  ];
  return filled.join(":");
}
