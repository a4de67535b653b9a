import type { Action } from "../../model/plan.ts";
import { functionInArn } from "../../model/aws/arn.ts";
import { parseRegion, type Region } from "../../model/aws/ids.ts";
import { policiesReadMs, type LiveAccount } from "../../model/live.ts";

export interface TargetFunction {
  readonly region: Region;
  readonly name: string;
  readonly qualifier: string | null;
}

/** The function that a write changes. @throws Error if the target is another ARN: a bug */
export function targetFunction({ call, target }: Pick<Action, "call" | "target">): TargetFunction {
  const found = functionInArn(target);
  const region = parseRegion(found?.region ?? "");
  if (found === null || region === undefined)
    throw new Error(`the target of ${call} is not the ARN of a function: "${target}"`);
  return { region, name: found.name, qualifier: found.qualifier };
}

/** When the object of a write was read: a sweep may have kept an earlier reading of the policies of a function. */
export function targetReadMs(target: string, live: LiveAccount): number {
  const found = functionInArn(target);
  const region = parseRegion(found?.region ?? "");
  return found === null || region === undefined
    ? live.observedAtMs
    : policiesReadMs(live, region, found.name);
}
