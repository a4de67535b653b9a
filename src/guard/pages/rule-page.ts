import type { GuardRule } from "../../model/rules/guard-rules.ts";

/** What people read about one rule: `docs/rules/` and `grantkeeper rules show ID`. */
export interface RulePage {
  readonly id: GuardRule | "ESC-*";
  /** What breaks the rule, as a heading. */
  readonly title: string;
  /** What the rule refuses, and why. Markdown. */
  readonly text: string;
  /** One line, in the form of a hint: lower case at its beginning, no full stop at its end. */
  readonly fix: string;
  readonly example: RuleExample;
  /** Pages that state the facts behind the rule. */
  readonly sources: readonly string[];
}

/** `test/unit/guard/pages.test.ts` judges both parts: the first breaks the rule, and the second breaks none that blocks. */
export interface RuleExample {
  readonly form: ExampleForm;
  /** Documents below `platform/` that both parts need; null if they need none. */
  readonly given: string | null;
  /** Of the breach in `bad`; null if it is as severe as the rule. */
  readonly severity: "warn" | null;
  readonly bad: string;
  readonly good: string;
}

/**
 * `spec`: fields of a FunctionPermission's `spec`; `document`: a complete FunctionPermission; `account`: fields of an AwsAccount's
 * `spec`; `team`: documents below `platform/`, judged for the function `orders/orders-api`; `boundary`: the document of a
 * boundary; `caller`: a statement of the function's resource policy; `trust`: the trust policy of the role; `live`: what AWS
 * has; `commit`: the message of the commit that changed the function.
 */
export type ExampleForm =
  "spec" | "document" | "account" | "team" | "boundary" | "caller" | "trust" | "live" | "commit";

/** An example of fields of a FunctionPermission's `spec`. */
export function inSpec(bad: string, good: string, given: string | null = null): RuleExample {
  return { form: "spec", given, severity: null, bad, good };
}

const IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide";

export function iamGuide(page: string): string {
  return `${IAM}/${page}`;
}

export function lambdaGuide(page: string): string {
  return `https://docs.aws.amazon.com/lambda/latest/dg/${page}`;
}
