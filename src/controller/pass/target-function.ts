import type { Action } from "../../model/plan.ts";
import { functionInArn } from "../../model/aws/arn.ts";
import { parseRegion, type Region } from "../../model/aws/ids.ts";

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
