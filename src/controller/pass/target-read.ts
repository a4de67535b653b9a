import { functionInArn } from "../../model/aws/arn.ts";
import { parseRegion } from "../../model/aws/ids.ts";
import { policiesReadMs, type LiveAccount } from "../../model/live.ts";

/** When the object of a write was read: a sweep may have kept an earlier reading of the policies of a function. */
export function targetReadMs(target: string, live: LiveAccount): number {
  const place = functionInArn(target);
  const region = parseRegion(place?.region ?? "");
  return place === null || region === undefined
    ? live.observedAtMs
    : policiesReadMs(live, region, place.name);
}
