import { compileGlob, globMatches } from "../../iam/match/glob.ts";
import { arnParts, hasArnParts } from "../../model/aws/arn.ts";

/**
 * Whether a permission on `used` may concern the resource of a node, or start what that resource calls. Both may be patterns.
 */
export function mayName(used: string | null, node: string | null): boolean {
  if (used === null || node === null) return false;
  if (matches(used, node) || matches(used, `${node}:$LATEST`) || matches(node, used)) return true;
  return isObjectOf(used, node) || isRuleOf(used, node) || havePatternsInCommon(used, node);
}

function matches(pattern: string, text: string): boolean {
  return globMatches(compileGlob(pattern), text);
}

/** The notifications of a bucket are about its objects. */
function isObjectOf(used: string, bucket: string): boolean {
  return arnOf(bucket)?.service === "s3" && used.startsWith(`${bucket}/`);
}

/**
 * A rule is of the bus that its ARN names, or of the default bus. Which events it selects is not read.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 */
function isRuleOf(used: string, rule: string): boolean {
  const [bus, found] = [arnOf(used), arnOf(rule)];
  if (bus?.service !== "events" || found?.service !== "events") return false;
  const [kind, name = ""] = bus.resource.split("/");
  const path = found.resource.split("/");
  if (kind !== "event-bus" || path[0] !== "rule") return false;
  const busOfRule = path.length > 2 ? (path[1] ?? "") : "default";
  const isSamePlace = matches(bus.region, found.region) && matches(bus.accountId, found.accountId);
  return isSamePlace && matches(name, busOfRule);
}

/** Two patterns of which neither has the other: what comes before their first wildcard may be the same. */
function havePatternsInCommon(a: string, b: string): boolean {
  if (!/[*?]/.test(a) || !/[*?]/.test(b)) return false;
  const [first, second] = [a, b].map((text) => text.slice(0, text.search(/[*?]/))) as [string, string];
  return first.startsWith(second) || second.startsWith(first);
}

function arnOf(text: string): ReturnType<typeof arnParts> | null {
  return hasArnParts(text) ? arnParts(text) : null;
}
