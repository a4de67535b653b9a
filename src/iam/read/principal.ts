import { ANY_TYPE, ANYONE, isPrincipalType, principalName, principalOf } from "../../model/aws/principal.ts";
import type { StringOrList } from "../../model/aws/policy-document.ts";
import type { DocumentContext } from "../document.ts";
import { isObject, toList } from "../../text/json-values.ts";
import { sortedSet } from "../../text/order.ts";

/**
 * Principals as `TYPE value`, account ids as the root ARN of the context's partition. `"*"` is `AWS *` in resource
 * policies and a principal of its own in trust policies, where IAM treats the two differently.
 * undefined when it is not a principal element.
 */
export function normalPrincipals(element: unknown, context: DocumentContext): readonly string[] | undefined {
  if (element === "*") return [context.dialect === "resource" ? ANYONE : ANY_TYPE];
  if (!isObject(element)) return undefined;
  const found: string[] = [];
  for (const [type, values] of Object.entries(element)) {
    const list = stringList(values);
    if (list === undefined || !isPrincipalType(type)) return undefined;
    const named = type === "AWS" ? list.map((value) => awsPrincipal(value, context)) : list;
    found.push(...named.map((value) => principalName(type, value)));
  }
  return sortedSet(found);
}

function awsPrincipal(value: string, context: DocumentContext): string {
  return /^\d{12}$/.test(value) ? `arn:${context.partition}:iam::${value}:root` : value;
}

/** The principal element that `normalPrincipals` reads back as `principals`. */
export function principalElement(
  principals: readonly string[],
): "*" | Readonly<Record<string, StringOrList>> {
  if (principals.length === 1 && principals[0] === ANY_TYPE) return "*";
  const byType = Map.groupBy(principals.map(principalOf), ({ type }) => type ?? "");
  return Object.fromEntries([...byType].map(([type, members]) => [type, members.map(({ value }) => value)]));
}

/** A unique id in the place of an ARN: the principal that was named is deleted, and no caller matches. */
export function isDangling(principal: string): boolean {
  const { type, value } = principalOf(principal);
  return type === "AWS" && /^A(ROA|IDA)[A-Z0-9]+$/.test(value);
}

/** Variables are documented for resources and conditions only: what one means in a principal is not known. */
function stringList(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  const isPlain = (member: unknown): member is string => typeof member === "string" && !member.includes("${");
  return list.every(isPlain) ? toList(list) : undefined;
}
