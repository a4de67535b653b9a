import { arnParts } from "../../model/aws/arn.ts";
import { isObject } from "../../text/json-values.ts";
import { fieldsOf, textOf, type Fields } from "../fields.ts";
import { NOTHING_REPORTED, type ReportedDenial } from "../../model/answers/reported-denial.ts";

/**
 * What `aws sts decode-authorization-message` makes of an encoded message; null for anything else. Its context has the
 * request's condition keys, which no other report has.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
export function decodedDenial(value: unknown): ReportedDenial | null {
  if (!isObject(value) || value["allowed"] !== false || !isObject(value["context"])) return null;
  const { principal, action, resource, conditions } = value["context"];
  const arn = textOf(fieldsOf(principal)["arn"]);
  const wanted = textOf(resource);
  return {
    ...NOTHING_REPORTED,
    caller: arn,
    action: actionOf(textOf(action), wanted),
    operation: textOf(action),
    resource: wanted,
    how: value["explicitDeny"] === true ? "explicit" : "implicit",
    context: contextOf(conditions),
  };
}

/** EC2 leaves its prefix out where the resource shows it. */
function actionOf(action: string | null, resource: string | null): string | null {
  if (action === null || action.includes(":")) return action;
  const { service } = arnParts(resource ?? "");
  return /^[a-z0-9-]+$/.test(service) ? `${service}:${action}` : null;
}

function contextOf(conditions: unknown): Readonly<Record<string, readonly string[]>> {
  const pairs = itemsOf(conditions).flatMap((item) => {
    const key = textOf(item["key"]);
    const values = itemsOf(item["values"]).flatMap((each) => textOf(each["value"]) ?? []);
    return key === null ? [] : [[key, values] as const];
  });
  return Object.fromEntries(pairs);
}

function itemsOf(value: unknown): readonly Fields[] {
  const { items } = fieldsOf(value);
  return Array.isArray(items) ? items.filter(isObject) : [];
}
