import { arnFields } from "../../model/aws/arns/arn-fields.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { ActionData, ActionFacts } from "../action-data.ts";
import { factsOf } from "../action-facts.ts";
import { someOf } from "../../text/phrases.ts";
import { isEverything, matchesPattern, resourcesMeet } from "../match/wildcard.ts";
import { flaw, outerBlank, WITHOUT_BLANK, type Flaw } from "./flaw.ts";
import { datedText } from "./names.ts";
import type { CheckedStatement } from "./statement.ts";

/**
 * ACT-004: an action none of whose resource types is named, and a resource of no type of the actions. Actions and
 * resources of several types may be in one statement, as for a bucket and its objects: each needs one other.
 */
export function wrongResourceTypes(
  statements: readonly CheckedStatement[],
  data: ActionData,
): readonly Flaw[] {
  const meet = rememberedMeeting();
  return statements.flatMap((statement) => {
    const { isNotAction, resources } = statement;
    if (isNotAction || resources.every(({ text }) => isEverything(text))) return [];
    const ofActions = actionFlaws(statement, data, meet);
    const ofTypes = ofActions.length > 0 ? ofActions : resourceFlaws(statement, data, meet);
    return [...blankFlaws(statement), ...ofTypes];
  });
}

/**
 * Whether a request for the action may name a resource of this pattern. A bucket's name has no slash, but the star of AWS's
 * data for it would match one.
 */
export function mayTake({ resourceTypes }: ActionFacts, resource: string): boolean {
  if (isEverything(resource)) return true;
  const [literal = ""] = resource.split(/[*?]|\$\{/, 1);
  const isObject = literal.includes("/");
  return resourceTypes.some(
    ({ arn }) =>
      !(isObject && arn === "arn:*:s3:::*") &&
      !(isWithoutPlace(literal) && !isWithoutPlace(arn)) &&
      partsFit(resource, arn) &&
      resourcesMeet(resource, arn),
  );
}

/** A bucket's ARN has no region and no account. */
function isWithoutPlace(arn: string): boolean {
  const [, , , region, accountId, resource] = arnFields(arn);
  return region === "" && accountId === "" && resource !== undefined;
}

type Meets = (resource: string, arn: string) => boolean;

/** Patterns of a service share their few types. */
function rememberedMeeting(): Meets {
  const known = new Map<string, boolean>();
  return (resource, arn) => {
    return getOrAdd(
      known,
      `${arn} ${resource}`,
      () => partsFit(resource, arn) && resourcesMeet(resource, arn),
    );
  };
}

/** A star in AWS's data stays within its part of the ARN, which patterns do not know: the parts that are written out must fit. */
function partsFit(resource: string, arn: string): boolean {
  const [fixedPart = ""] = resource.split(/[*?]|\$\{/, 1);
  const completeParts = arnFields(fixedPart).slice(0, -1);
  const parts = arnFields(arn);
  return completeParts.every((part, at) => matchesPattern(parts[at] ?? "", part));
}

function supports(facts: ActionFacts, resource: string, meet: Meets): boolean {
  if (isEverything(resource)) return true;
  return facts.resourceArns.some((arn) => meet(resource, arn));
}

function actionFlaws(
  { actions, resources }: CheckedStatement,
  data: ActionData,
  meet: Meets,
): readonly Flaw[] {
  return actions.flatMap(({ text, steps }) => {
    const facts = factsOf(text, data);
    const isOfUse = (one: ActionFacts): boolean =>
      resources.some((resource) => supports(one, resource.text, meet));
    if (facts.length === 0 || facts.some(isOfUse)) return [];
    const takes = facts.every(({ wildcardOnly }) => wildcardOnly)
      ? "it takes only *"
      : `it takes ${someOf([...new Set(facts.flatMap(({ resourceArns }) => resourceArns))])}`;
    const reason = `"${text}" has no effect on the resources of this statement: ${takes} ${datedText(data)}`;
    return [flaw({ ...WRONG, steps, reason, fix: "give it a statement with such a resource" })];
  });
}

const WRONG = { rule: "ACT-004", severity: "warning" } as const;

function blankFlaws({ resources }: CheckedStatement): readonly Flaw[] {
  return resources.flatMap(({ text, steps }) => {
    const where = outerBlank(text);
    if (where === null) return [];
    const reason = `"${text}" ${where}, which AWS takes for a part of the name`;
    return [flaw({ ...WRONG, steps, reason, fix: WITHOUT_BLANK })];
  });
}

function resourceFlaws(
  { actions, resources }: CheckedStatement,
  data: ActionData,
  meet: Meets,
): readonly Flaw[] {
  const facts = actions.map(({ text }) => factsOf(text, data));
  // Actions that are missing, or that AWS does not have, have their own finding.
  if (facts.length === 0 || facts.some((some) => some.length === 0)) return [];
  const all = [...new Set(facts.flat())];
  return resources
    .filter(({ text }) => !all.some((one) => supports(one, text, meet)))
    .map(({ text, steps }) => {
      const reason = `no action of this statement takes "${text}" ${datedText(data)}`;
      return flaw({ ...WRONG, steps, reason, fix: "remove it, or name actions that take it" });
    });
}
