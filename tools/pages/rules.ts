import type { ExampleForm, RulePage } from "../../src/guard/pages/rule-page.ts";
import { RULE_PAGES } from "../../src/guard/pages/pages.ts";
import { RULE_CORRECTIONS, type RuleCorrection } from "../../src/guard/pages/corrections.ts";
import type { Rule } from "../../src/guard/rules/breach.ts";
import { RULES } from "../../src/guard/table.ts";
import { ESCALATION_PATHS, type EscalationPath } from "../../src/iam/risk/escalation-paths.ts";
import { listOfRule, type ListedAction } from "../../src/iam/risk/listed-actions.ts";
import { RISK_LISTS_DATE } from "../../src/iam/risk/lists.ts";
import { UNWAIVABLE_RULES } from "../../src/model/rules/guard-rules.ts";
import { code, table } from "./fields.ts";
import { laidOut, type Page } from "./page.ts";

const FOLDER = "docs/rules";

/** The index, and a page for each rule. */
export const rulePages: readonly Page[] = [
  { path: `${FOLDER}/README.md`, text: () => laidOut(indexText()) },
  ...RULE_PAGES.map((page): Page => ({
    path: `${FOLDER}/${fileOf(page.id)}`,
    text: () => laidOut(pageText(page)),
  })),
];

const GENERATED = "Generated from `src/guard/pages/` by `tools/write-docs.ts`: not edited by hand.";

function fileOf(id: RulePage["id"]): string {
  return `${id.replace("-*", "")}.md`;
}

/** The family has one page for all of its members. */
function nameOf(id: RulePage["id"]): string {
  return id.replace("*", "…");
}

function indexText(): string {
  const rows = RULE_PAGES.map(({ id, title }) => [
    `[${nameOf(id)}](${fileOf(id)})`,
    title,
    severityText(ruleOf(id)),
    waivable(id) ? "yes" : "no",
    RULE_CORRECTIONS[id].kind === "lines" ? "yes" : "no",
  ]);
  return [
    "# Rules",
    GENERATED,
    "This page shows what each rule refuses, with an example of both sides. [Guard rules](../guardrails.md) describes when they apply and how a waiver lifts one.",
    table(["Rule", "", "Severity", "Waiver", "Corrected lines"], rows),
  ].join("\n\n");
}

function pageText(page: RulePage): string {
  const rule = ruleOf(page.id);
  const { bad, form, given, good, severity } = page.example;
  const { language, what } = FORMS[form];
  return [
    `# ${nameOf(page.id)}: ${page.title}`,
    GENERATED,
    factsText(page.id, rule),
    page.text,
    `**Fix:** ${page.fix}`,
    `**Corrected lines:** ${correctionText(page.id)}`,
    "## Example",
    `${what} A test judges both.`,
    ...(given === null ? [] : ["Given under `platform/`:", fenced("yaml", given)]),
    (severity ?? rule.severity) === "block" ? "Refused:" : "A warning:",
    fenced(language, bad),
    "Accepted:",
    fenced(language, good),
    ...(page.id === "ESC-*" ? [pathsText()] : []),
    ...listTexts(page.id),
    "## Sources",
    page.sources.map((url) => `- <${url}>`).join("\n"),
  ].join("\n\n");
}

/** `validate` and `review` offer lines only where the change is certain. */
function correctionText(id: RulePage["id"]): string {
  const correction: RuleCorrection = RULE_CORRECTIONS[id];
  return correction.kind === "lines" ? correction.change : `none, since ${correction.reason}`;
}

const FORMS: Readonly<Record<ExampleForm, { readonly language: string; readonly what: string }>> = {
  spec: { language: "yaml", what: "Fields of a FunctionPermission's `spec`." },
  document: { language: "yaml", what: "A FunctionPermission." },
  account: { language: "yaml", what: "Fields of an AwsAccount's `spec`." },
  team: {
    language: "yaml",
    what: "Documents below `platform/`, for the function `orders/orders-api` in account `prod`.",
  },
  boundary: { language: "yaml", what: "The document of a boundary." },
  caller: { language: "json", what: "Statements of the function's resource policy." },
  trust: { language: "json", what: "The trust policy of the role." },
  live: {
    language: "yaml",
    what: "What AWS has: which functions and instance profiles have which role. `grants` are those of the function.",
  },
  commit: { language: "text", what: "The message of the commit that changed the function." },
};

function factsText(id: RulePage["id"], rule: Rule): string {
  const live = rule.needsLive ? " It needs live state: `validate` and `plan --base` skip it." : "";
  const waiver = waivable(id)
    ? "A [Waiver](../manifests.md#waiver) can lift it for one function."
    : "No waiver lifts it.";
  const means =
    rule.severity === "block"
      ? "Nothing of that function is applied."
      : "The change is applied, and reported.";
  return `Severity: **${severityText(rule)}**. ${means}${live} ${waiver}`;
}

function severityText({ severity }: Rule): string {
  return severity === "block" ? "refused" : "warning";
}

function waivable(id: RulePage["id"]): boolean {
  return !UNWAIVABLE_RULES.has(id);
}

function pathsText(): string {
  const byRule = Map.groupBy(
    ESCALATION_PATHS.flatMap((path) => firstActions(path).map((action) => ({ action, path }))),
    ({ action }) => `ESC-${action.split(":")[1] ?? ""}`,
  );
  const rows = [...byRule]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, members]) =>
      members.map(({ action, path }) => [id, stepsText(action, path), GROUPS[path.group], path.source]),
    );
  return `## Paths\n\n${table(["Rule", "Actions", "Leads to", "Source"], rows)}`;
}

function listTexts(id: RulePage["id"]): readonly string[] {
  const list = listOfRule(id);
  if (list === null) return [];
  const byService = Map.groupBy(list, ({ action }) => action.slice(0, action.indexOf(":")));
  const rows = [...byService]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([service, entries]) =>
      [...Map.groupBy(entries, sourceText)].map(([source, members]) => [
        code(service),
        members.map(({ action }) => code(action.slice(service.length + 1))).join(", "),
        source,
      ]),
    );
  return [
    `## Actions\n\nThe list of ${RISK_LISTS_DATE}.\n\n${table(["Service", "Actions", "Source"], rows)}`,
  ];
}

function sourceText({ source, on }: ListedAction): string {
  return on === "others" ? `${source}, on resources of others` : source;
}

function firstActions({ steps }: EscalationPath): readonly string[] {
  return steps[0] ?? [];
}

function stepsText(first: string, { steps }: EscalationPath): string {
  const later = steps.slice(1).map((step) => step.map(code).join(" or "));
  return [code(first), ...later].join(" and ");
}

const GROUPS: Readonly<Record<EscalationPath["group"], string>> = {
  self: "more permissions of its own",
  principal: "credentials of another principal",
  "pass-role": "new code under another role",
  "existing-role": "code under a role that something already has",
};

function ruleOf(id: RulePage["id"]): Rule {
  const rule = RULES.find((each) => each.id === id);
  if (rule === undefined) throw new Error(`no rule of src/guard/table.ts has the id ${id}`);
  return rule;
}

function fenced(language: string, body: string): string {
  return ["```" + language, body, "```"].join("\n");
}
