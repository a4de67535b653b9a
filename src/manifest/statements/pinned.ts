import type { Arn } from "../../model/aws/arn.ts";
import { bothConditions, type Expansion, type GrantEntry } from "../grants/entry.ts";

/**
 * The permission for the code of this function only: credentials that are used elsewhere, such as copied ones or those of
 * another function with the same role, carry another source function or none. A statement stays as it is where a service
 * acts in the function's name, because its requests carry none either: event source mappings, dead-letter queues, mounts,
 * environment variables, and keys used through another service.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
export function pinned(entry: GrantEntry, expansion: Expansion, functionArn: Arn): Expansion {
  const { verb, effect, condition } = expansion;
  if (effect === "Deny" || isOfService(entry, verb) || isThroughService(expansion)) return expansion;
  const source = { ArnEquals: { "lambda:SourceFunctionArn": functionArn } };
  return { ...expansion, condition: bothConditions(condition, source) };
}

function isOfService({ serviceVerbs }: GrantEntry, verb: string): boolean {
  return serviceVerbs?.includes(verb) === true;
}

function isThroughService({ condition }: Expansion): boolean {
  return Object.values(condition ?? {}).some((keys) => Object.hasOwn(keys, "kms:ViaService"));
}
