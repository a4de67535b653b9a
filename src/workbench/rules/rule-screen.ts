import { actionNameOf } from "../../model/aws/action-name.ts";
import { plainMarkdown } from "../../guard/pages/plain-text.ts";
import type { RuleExample, RulePage } from "../../guard/pages/rule-page.ts";
import { RULES } from "../../guard/table.ts";
import { ESCALATION_PATHS } from "../../iam/risk/escalation-paths.ts";
import { listOfRule } from "../../iam/risk/listed-actions.ts";
import { byKey } from "../../text/order.ts";
import { UNWAIVABLE_RULES } from "../../model/rules/guard-rules.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { table } from "../../cli/screen/table.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { hintLines } from "../../cli/screen/problem.ts";

/** One rule for people and for programs. */
export interface RuleFacts extends Pick<RulePage, "title" | "text" | "fix" | "example" | "sources"> {
  readonly id: string;
  /** The default. */
  readonly severity: "block" | "warn";
  readonly needsLive: boolean;
  readonly waivable: boolean;
  /** Of the escalation family: the sets of actions, one of each set's alternatives is enough. */
  readonly paths: readonly RulePath[];
  /** Of a rule that judges a list: its actions. `others`: refused only on resources that may be of others. */
  readonly actions: readonly ListedName[];
}

interface ListedName {
  readonly action: string;
  readonly on: "any" | "others";
}

interface RulePath {
  readonly steps: readonly (readonly string[])[];
  readonly source: string;
}

/** @param id of the page, or of a member of its family */
export function ruleFacts(page: RulePage, id: string): RuleFacts {
  const rule = RULES.find((one) => one.id === page.id);
  if (rule === undefined) throw new Error(`no rule has the id ${page.id}`);
  const { title, text, fix, example, sources } = page;
  return {
    id,
    title,
    severity: rule.severity,
    needsLive: rule.needsLive,
    waivable: !UNWAIVABLE_RULES.has(id),
    text: plainMarkdown(text),
    fix: plainMarkdown(fix),
    example,
    paths: pathsOf(id),
    actions: (listOfRule(id) ?? []).map(({ action, on }) => ({ action, on })),
    sources,
  };
}

function pathsOf(id: string): readonly RulePath[] {
  if (!id.startsWith("ESC-")) return [];
  const begins = (action: string): boolean => id === "ESC-*" || id === `ESC-${actionNameOf(action).name}`;
  return ESCALATION_PATHS.filter(({ steps: [first = []] }) => first.some(begins)).map(
    ({ steps, source }) => ({
      steps,
      source,
    }),
  );
}

export function ruleListLines(rules: readonly RuleFacts[]): readonly ScreenLine[] {
  return table(
    [
      { title: "RULE", cell: ({ id }) => id },
      { title: "SEVERITY", cell: ({ severity }) => (severity === "block" ? "refused" : "warning") },
      { title: "TITLE", cell: ({ title }) => plainMarkdown(title) },
    ],
    rules,
  );
}

export function ruleLines(facts: RuleFacts, { width }: Layout): readonly ScreenLine[] {
  const { id, title, text, fix, example, paths, actions, sources } = facts;
  const indent = { first: "  ", next: "  " };
  return [
    `${id}: ${plainMarkdown(title)}`,
    "",
    ...wrapped(`${effectText(facts)} ${text}`, width),
    "",
    ...hintLines(fix, width),
    ...exampleLines(facts, example),
    ...(paths.length === 0
      ? []
      : ["", "Paths", ...paths.flatMap((path) => wrapped(pathText(path), width, indent))]),
    ...listedLines(actions, width),
    "",
    "Sources",
    ...sources.map((url) => `  ${url}`),
  ];
}

/** One line for each service; those on resources of others after the rest. */
function listedLines(actions: readonly ListedName[], width: number): readonly string[] {
  const titles = { any: "Actions", others: "Actions, only on resources that may be of others" } as const;
  return (["any", "others"] as const).flatMap((on) => {
    const members = actions.filter((each) => each.on === on).map(({ action }) => actionNameOf(action));
    if (members.length === 0) return [];
    const byService = [...Map.groupBy(members, ({ service }) => service)].toSorted(byKey);
    const lines = byService.map(
      ([service, names]) => `${service}: ${names.map(({ name }) => name).join(", ")}`,
    );
    return ["", titles[on], ...lines.flatMap((line) => wrapped(line, width, { first: "  ", next: "    " }))];
  });
}

function effectText(facts: RuleFacts): string {
  const effect =
    facts.severity === "block"
      ? "Refused: nothing of the function is applied."
      : "A warning: the change is applied, and reported.";
  const live = facts.needsLive ? " Needs live state: validate and plan --base skip it." : "";
  return `${effect}${live} ${facts.waivable ? "A Waiver can lift it for one function." : "No Waiver lifts it."}`;
}

const WHAT: Readonly<Record<RuleExample["form"], string>> = {
  spec: "fields of a FunctionPermission's spec",
  account: "fields of an AwsAccount's spec",
  team: "documents below platform/, for the function orders/orders-api in account prod",
  boundary: "the document of a boundary",
  caller: "statements of the function's resource policy",
  document: "the document of a ManagedPolicy",
  trust: "the trust policy of the role",
  live: "what AWS has",
  commit: "the message of the commit that changed the function",
};

function exampleLines({ severity }: RuleFacts, example: RuleExample): readonly string[] {
  const { form, given, bad, good } = example;
  const isRefused = (example.severity ?? severity) === "block";
  const block = (title: string, text: string): readonly string[] => [
    "",
    title,
    ...text.split("\n").map((line) => `  ${line}`),
  ];
  return [
    ...(given === null ? [] : block("Given, below platform/", given)),
    ...block(`${isRefused ? "Refused" : "A warning"}, ${WHAT[form]}`, bad),
    ...block("Accepted", good),
  ];
}

function pathText({ steps, source }: RulePath): string {
  return `${steps.map((step) => step.join(" or ")).join(" and ")} (${source})`;
}
