import { principalOf } from "../../../model/aws/principal.ts";
import type { NormalStatement } from "../../../iam/document.ts";
import { patternCovers } from "../../../iam/match/wildcard.ts";
import { isBindingTest } from "../../../iam/risk/access.ts";
import { arnParts, functionArn } from "../../../model/aws/arn.ts";
import type { Statement } from "../../../model/aws/policy-document.ts";
import type { DesiredAccount, DesiredBinding } from "../../../model/desired.ts";
import type { GuardContext } from "../../context/context.ts";
import type { ReadCaller } from "../../context/role-checks.ts";
import { type Breach, breachOf, listed } from "../breach.ts";

export interface BreachText {
  readonly why: string;
  readonly fix: string;
  /** As in a finding. */
  readonly part?: string;
}

/** `isFull: false`: only a warning, regardless of the rule's severity. */
type JudgeCaller = (
  caller: ReadCaller,
  account: DesiredAccount,
) => (BreachText & { readonly isFull?: boolean }) | null;

/** A rule for each statement of the function's resource policy. */
export function eachCaller(
  rule: string,
  judge: JudgeCaller,
): (binding: DesiredBinding, guard: GuardContext) => readonly Breach[] {
  return (binding, { account, roleChecks }) => {
    const breaches: Breach[] = [];
    if (binding.callers.length === 0) return breaches;
    for (const read of roleChecks.callers.of(binding)) {
      const found = judge(read, account);
      if (found === null) continue;
      const { isFull = true, ...text } = found;
      breaches.push({ ...breachOf(rule, read.caller, text), severity: isFull ? "full" : "warn" });
    }
    return breaches;
  };
}

/** INV-001: a service may call on behalf of any customer. */
export function serviceWithoutSource({ normal, danger }: ReadCaller): BreachText | null {
  const service = normal?.principals?.values.map(principalOf).find(({ type }) => type === "Service");
  if (normal === null || service === undefined || normal.effect === "Deny") return null;
  const name = service.value;
  const hasSource = normal.conditions.some(({ key }) => isSource(key, name));
  if (hasSource && danger !== "no-source") return null;
  return {
    why: `${name} may call the function for any customer's resource`,
    fix: "name the source: its ARN as aws:SourceArn",
  };
}

/**
 * AWS Config makes a rule only if it may already call the function, and the rule's ARN exists only then.
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_nodejs.html
 */
const WITHOUT_SOURCE_ARN: ReadonlySet<string> = new Set(["config.amazonaws.com"]);

function isSource(key: string, service: string): boolean {
  if (key === "aws:sourceaccount") return WITHOUT_SOURCE_ARN.has(service);
  return key === "aws:sourcearn" || key === "lambda:eventsourcetoken";
}

/** INV-002: an ARN without an account (of a bucket) belongs to the current owner of the name. */
export function sourceWithoutAccount({ normal }: Pick<ReadCaller, "normal">): BreachText | null {
  if (normal === null || normal.effect === "Deny") return null;
  const sources = normal.conditions
    .filter(({ key }) => key === "aws:sourcearn")
    .flatMap(({ values }) => values);
  const loose = sources.find((arn) => !/^\d{12}$/.test(arnParts(arn).accountId));
  const hasAccount = normal.conditions.some(
    (test) => test.key === "aws:sourceaccount" && isBindingTest(test),
  );
  if (loose === undefined || hasAccount) return null;
  return {
    why: `${loose} names no account: a later owner of that name may call`,
    fix: "add the owner: aws:SourceAccount",
  };
}

/**
 * INV-003: anyone may call. Only a function URL without authentication takes unsigned requests. Other policies, such as
 * resource control policies, are not known, so the text is about the policy of the function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function openToAnyone(read: ReadCaller): BreachText | null {
  if (read.danger !== "public") return null;
  return {
    why: `the policy lets ${anyoneText(read)}`,
    fix: "name who calls: authType: iam with account and roles, or an account, an organization or a source",
  };
}

const ANYONE_BY_URL = "anyone on the internet call the function through a URL without authentication";

function anyoneText({ normal, caller, binding }: ReadCaller): string {
  const authTypes = (normal?.conditions ?? []).filter(
    (test) => test.key === "lambda:functionurlauthtype" && isBindingTest(test),
  );
  if (authTypes.some(({ values }) => values.includes("NONE"))) return ANYONE_BY_URL;
  const accounts = "any AWS account call the function";
  if (normal === null || authTypes.length > 0 || !reachesUrl(normal)) return accounts;
  // Both permissions of one URL have one text: they are one mistake.
  const isOfOpenUrl = binding.callers.some(
    ({ qualifier, statement }) => qualifier === caller.qualifier && hasNoAuthentication(statement),
  );
  return isOfOpenUrl
    ? ANYONE_BY_URL
    : `${accounts}, and anyone on the internet if a URL of it has no authentication`;
}

function hasNoAuthentication({ Condition = {} }: Statement): boolean {
  return Object.entries(Condition).some(
    ([operator, tests]) =>
      operator.startsWith("StringEquals") && listed(tests["lambda:FunctionUrlAuthType"]).includes("NONE"),
  );
}

function reachesUrl({ actions, conditions }: NormalStatement): boolean {
  return (
    actions.negated ||
    actions.values.some((action) => patternCovers(action, "lambda:invokefunctionurl")) ||
    conditions.some(({ key }) => key === "lambda:invokedviafunctionurl")
  );
}

/** INV-006: since October 2025 a function URL needs both permissions. */
export function urlWithoutInvoke({ caller, binding, normal }: ReadCaller): BreachText | null {
  if (!listed(caller.statement.Action).includes("lambda:InvokeFunctionUrl") || normal === null) return null;
  const hasInvoke = binding.callers.some(
    (other) =>
      other.qualifier === caller.qualifier &&
      listed(other.statement.Action).includes("lambda:InvokeFunction") &&
      JSON.stringify(other.statement.Principal) === JSON.stringify(caller.statement.Principal),
  );
  if (hasInvoke) return null;
  return {
    why: "lambda:InvokeFunctionUrl alone is refused: the URL's callers need lambda:InvokeFunction too",
    fix: "add lambda:InvokeFunction with lambda:InvokedViaFunctionUrl for the same principal",
  };
}

const INVOKING = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"];

/** INV-007: more than invoking. A principal that may change the code can use the role. */
export function moreThanInvoke({ caller }: ReadCaller): BreachText | null {
  const other = listed(caller.statement.Action).filter((action) => !INVOKING.includes(action));
  if (other.length === 0) return null;
  return {
    why: `${other.join(", ")} is more than calling the function`,
    fix: `allow ${INVOKING.join(" or ")} only`,
  };
}

/** INV-008: a statement about more than the qualifier whose policy contains it. */
export function widerThanQualifier({ caller, binding }: ReadCaller): BreachText | null {
  const own = functionArn(binding, binding.functionName, caller.qualifier);
  const other = listed(caller.statement.Resource).filter((resource) => resource !== own);
  if (other.length === 0) return null;
  const why = `${other.join(", ")} is not ${own}, whose policy this is`;
  return { why, fix: `Resource: ${own}`, part: "Resource" };
}

/** INV-009: NotPrincipal, NotAction or NotResource. */
export function notElements({ caller: { statement } }: ReadCaller): BreachText | null {
  const names = (["NotPrincipal", "NotAction", "NotResource"] as const).filter(
    (name) => statement[name] !== undefined,
  );
  if (names.length === 0) return null;
  return {
    why: `${names.join(", ")} allows everything that is not listed`,
    fix: "list the principals, actions and resources",
  };
}
