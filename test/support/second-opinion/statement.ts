import { conditionHolds } from "./condition.ts";
import { filledIn, fits, fitsSegments } from "./pattern.ts";
import { texts, undocumented, type Facts, type Version, type Written } from "./world.ts";

export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly facts: Facts;
}

/** Whether a statement speaks of the request, its principal apart. */
export function speaksOf(statement: Written, version: Version, asked: Asked): boolean {
  return (
    selects(statement, "Action", (pattern) => actionFits(pattern, asked)) &&
    selects(statement, "Resource", (pattern) => resourceFits(pattern, version, asked)) &&
    conditionHolds(statement, version, asked.facts)
  );
}

/** `NotX` matches everything but what it lists; a trust policy has no resource: the role that it is attached to. */
function selects(statement: Written, element: string, matches: (pattern: string) => Fits): boolean {
  const [named, others] = [statement[element], statement[`Not${element}`]];
  if (named !== undefined) return texts(named).some((pattern) => matches(pattern) === true);
  if (others === undefined) return true;
  const found = texts(others).map(matches);
  if (found.includes(true)) return false;
  return found.includes("no value") ? undocumented(`Not${element} and a variable without a value`) : true;
}

/**
 * "The prefix and the action name are case insensitive."
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
function actionFits(pattern: string, { action, facts }: Asked): boolean {
  return fits(filledIn(pattern.toLowerCase(), "2008-10-17", facts, "wild") ?? "", action.toLowerCase());
}

type Fits = boolean | "no value";

/**
 * A resource with a variable that has no value "will not match any resource". An ARN of fewer than six fields is
 * completed by `*`: `arn:aws:sqs` is `arn:aws:sqs:*:*:*`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
function resourceFits(pattern: string, version: Version, { resource, facts }: Asked): Fits {
  const missing = pattern.startsWith("arn:") ? Math.max(0, 6 - pattern.split(":").length) : 0;
  const filled = filledIn(pattern + ":*".repeat(missing), version, facts, "wild");
  return filled === undefined ? "no value" : fitsSegments(filled, resource);
}
