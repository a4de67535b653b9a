import { completedFields, withArnParts } from "../../../model/aws/arns/arn-fields.ts";
import { arnParts } from "../../../model/aws/arn.ts";
import { matchesPattern } from "../../../iam/match/wildcard.ts";
import type { ArnPlace } from "./named-arn.ts";
import type { TypePattern } from "../../context/type-pattern.ts";

/** How much of a resource a pattern names. */
export type Openness =
  /** No letter of the name, or none but the first: as good as `*`. */
  | { readonly kind: "open"; readonly type: string }
  /** The name, in every region; RES-005 judges the account. `corrected` has this region. */
  | { readonly kind: "any-region"; readonly corrected: string }
  | { readonly kind: "named" };

const NAMED: Openness = { kind: "named" };

export function opennessOf(resource: string, types: readonly TypePattern[], place: ArnPlace): Openness {
  if (!/[*?]|\$\{/.test(resource)) return NAMED;
  const ownParts = arnParts(resource);
  const parts = ownParts.resource === "" ? arnParts(completed(resource)) : ownParts;
  const type = types.find((each) => isOpenName(parts, each.parts));
  if (type !== undefined) return { kind: "open", type: type.arn };
  // Without an account (a model of AWS) the region decides nothing about whose resource it is.
  if (!/[*?]/.test(parts.region) || parts.accountId === "") return NAMED;
  const region = place.region ?? "REGION";
  const accountId = /[*?]/.test(parts.accountId) ? place.accountId : parts.accountId;
  const corrected = withArnParts(completed(resource), { region, accountId });
  return { kind: "any-region", corrected };
}

/** IAM completes a short ARN with stars. */
function completed(resource: string): string {
  return completedFields(resource).join(":");
}

type Parts = ReturnType<typeof arnParts>;

/**
 * The type's own pattern shows where its name begins: after `table/`, and at the start for a bucket. A variable may have
 * any value, so it ends the literal part too. One letter or digit is nearly open, since 36 such patterns cover
 * everything.
 */
function isOpenName(pattern: Parts, type: Parts): boolean {
  if (!type.resource.includes("*")) return false;
  if (pattern.service !== type.service && !matchesPattern(pattern.service, type.service)) return false;
  if (isWithoutPlace(pattern) !== isWithoutPlace(type)) return false;
  const [own, form] = namesAfterId(pattern.resource, type.resource);
  const [literal, before] = [literalOf(own), literalOf(form)];
  if (literal === own) return false;
  if (!before.startsWith(literal) && !literal.startsWith(before)) return false;
  const name = withoutFolder(literal.slice(before.length), before);
  // A part of the name that ends before the wildcard is complete: bucket b of `b/*`.
  return !/[A-Za-z0-9][/:]/.test(name) && !/[A-Za-z0-9][^]*[A-Za-z0-9]/.test(name);
}

/** Before the name of each function's log group: the name of none. */
const LAMBDA_LOGS = "/aws/lambda/";

function withoutFolder(name: string, before: string): string {
  if (before !== "log-group:") return name;
  if (LAMBDA_LOGS.startsWith(name)) return "";
  return name.startsWith(LAMBDA_LOGS) ? name.slice(LAMBDA_LOGS.length) : name;
}

/**
 * `autoScalingGroup:*:autoScalingGroupName/*` has an id that AWS made before the name that people gave: a wildcard for
 * the id leaves the name as it is.
 */
function namesAfterId(pattern: string, type: string): readonly [pattern: string, type: string] {
  if (!type.includes(":*:")) return [pattern, type];
  const [id] = /^([A-Za-z]+):\*:(?=\1Name\/)/.exec(type) ?? [""];
  return pattern.startsWith(id) ? [pattern.slice(id.length), type.slice(id.length)] : [pattern, type];
}

/** As a bucket, whose ARN has neither region nor account. */
function isWithoutPlace({ region, accountId }: Parts): boolean {
  return region === "" && accountId === "";
}

function literalOf(text: string): string {
  const at = text.search(/[*?]|\$\{/);
  return at === -1 ? text : text.slice(0, at);
}
