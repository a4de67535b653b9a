import type { StringOrList } from "../../model/aws/policy-document.ts";
import type { DocumentContext } from "../document.ts";
import { isObject, toList } from "../../text/json-values.ts";
import { sortedSet } from "../../text/order.ts";

const TYPES: ReadonlySet<string> = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);

/**
 * Principals as `TYPE value`, account ids as the root ARN of the context's partition. `"*"` is `AWS *` in resource
 * policies and a principal of its own in trust policies, where IAM treats the two differently.
 * undefined when it is not a principal element.
 */
export function normalPrincipals(element: unknown, context: DocumentContext): readonly string[] | undefined {
  if (element === "*") return [context.dialect === "resource" ? "AWS *" : "*"];
  if (!isObject(element)) return undefined;
  const found: string[] = [];
  for (const [type, values] of Object.entries(element)) {
    const list = stringList(values);
    if (list === undefined || !TYPES.has(type)) return undefined;
    found.push(...list.map((value) => `${type} ${type === "AWS" ? awsPrincipal(value, context) : value}`));
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
  if (principals.length === 1 && principals[0] === "*") return "*";
  const byType = Map.groupBy(principals, (principal) => principal.slice(0, principal.indexOf(" ")));
  return Object.fromEntries(
    [...byType].map(([type, members]) => [type, members.map((member) => member.slice(type.length + 1))]),
  );
}

/** A unique id in the place of an ARN: the principal that was named is deleted, and no caller matches. */
export function isDangling(principal: string): boolean {
  return /^AWS A(ROA|IDA)[A-Z0-9]+$/.test(principal);
}

/** Variables are documented for resources and conditions only: what one means in a principal is not known. */
function stringList(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  const isPlain = (member: unknown): member is string => typeof member === "string" && !member.includes("${");
  return list.every(isPlain) ? toList(list) : undefined;
}
