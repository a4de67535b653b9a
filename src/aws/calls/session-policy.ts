import { arnParts, nameInArn, unqualifiedArn } from "../../model/aws/arn.ts";

interface SessionStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

/**
 * The policy that limits a session to writes of these objects; without objects the session can do nothing. It only limits:
 * the role itself allows no other action, and tests its conditions. It is short, because AWS counts it together with the
 * session tags, inherited ones too, against a limit that is not published.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function sessionPolicy(objects: readonly string[]): string {
  return documentOf(limitTo(objects));
}

/**
 * The same, and AWS refuses everything after a time.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html
 */
export function fencedSessionPolicy(objects: readonly string[], endMs: number): string {
  const end = new Date(endMs).toISOString().replace(/\.\d+Z$/, "Z");
  const Condition = { DateGreaterThan: { "aws:CurrentTime": end } };
  return documentOf([limitTo(objects), { Effect: "Deny", Action: "*", Resource: "*", Condition }]);
}

function documentOf(statement: SessionStatement | readonly SessionStatement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statement });
}

function limitTo(objects: readonly string[]): SessionStatement {
  const resources = [...new Set(objects.flatMap(resourcesOf))].sort();
  return resources.length === 0
    ? { Effect: "Deny", Action: "*", Resource: "*" }
    : { Effect: "Allow", Action: servicesOf(resources), Resource: resources };
}

/**
 * A role by its name, which is unique in the account: IAM's calls name no path, and a role that is gone has none. A function
 * with its qualifiers, because its callers are written by qualifier.
 */
function resourcesOf(arn: string): readonly string[] {
  const { service, resource } = arnParts(arn);
  if (resource.startsWith("role/")) {
    const roles = arn.slice(0, arn.length - resource.length + "role/".length);
    return [`${roles}${nameInArn(arn)}`, `${roles}*/${nameInArn(arn)}`];
  }
  if (service !== "lambda") return [arn];
  const unqualified = unqualifiedArn(arn);
  return [unqualified, `${unqualified}:*`];
}

function servicesOf(resources: readonly string[]): readonly string[] {
  return [...new Set(resources.map((arn) => `${arnParts(arn).service}:*`))].sort();
}
