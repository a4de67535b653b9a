import { isParsedObject, type ParsedObject, strings } from "./json.ts";

/**
 * The document after `map` was applied to every AWS principal (of `Principal` and `NotPrincipal`). The structure does
 * not change: a string remains a string, and a list remains a list. `"Principal": "*"` is not changed.
 */
export function mapPrincipals(document: unknown, map: (principal: string) => string): unknown {
  if (!isParsedObject(document)) return document;
  const { Statement: statement } = document;
  const mapped = Array.isArray(statement)
    ? statement.map((one: unknown) => mapStatement(one, map))
    : mapStatement(statement, map);
  return replaced(document, { Statement: mapped });
}

function mapStatement(statement: unknown, map: (principal: string) => string): unknown {
  if (!isParsedObject(statement)) return statement;
  return replaced(statement, {
    Principal: mapElement(statement["Principal"], map),
    NotPrincipal: mapElement(statement["NotPrincipal"], map),
  });
}

function mapElement(element: unknown, map: (principal: string) => string): unknown {
  if (!isParsedObject(element)) return element;
  const { AWS: principals } = element;
  const mapped = Array.isArray(principals)
    ? principals.map((one: unknown) => (typeof one === "string" ? map(one) : one))
    : typeof principals === "string"
      ? map(principals)
      : principals;
  return replaced(element, { AWS: mapped });
}

/** Keeps the order of members and adds no members. */
function replaced(object: ParsedObject, values: ParsedObject): ParsedObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, name in values ? values[name] : value]),
  );
}

/**
 * IAM's error for the principal of a trust statement; undefined if it is valid. The existence of an AWS principal is
 * not checked here.
 */
export function trustPrincipalFault(principal: unknown): string | undefined {
  if (principal === "*") return `AssumeRolepolicy contained an invalid principal: "STAR":"*".`;
  if (!isParsedObject(principal)) return "Syntax errors in policy.";
  const entries = Object.entries(principal).flatMap(([type, values]) =>
    strings(values).map((value) => ({ type, value })),
  );
  if (entries.length === 0) return NO_PRINCIPALS;
  const wrong = entries.find(({ type, value }) => !isTrustPrincipal(type, value));
  if (wrong === undefined) return undefined;
  if (wrong.type === "*") return `AssumeRolepolicy contained an invalid principal: "STAR":"${wrong.value}".`;
  return `Invalid principal in policy: "${wrong.type.toUpperCase()}":"${wrong.value}"`;
}

const NO_PRINCIPALS =
  "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: " +
  "The passed in policy has a statement with no principals!";

function isTrustPrincipal(type: string, value: string): boolean {
  if (type === "Service") return isServicePrincipal(value);
  return ["AWS", "Federated", "CanonicalUser"].includes(type);
}

const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com)$/;

/** Checks only the form, because the list of services is not known here. */
export function isServicePrincipal(name: string): boolean {
  return SERVICE.test(name);
}
