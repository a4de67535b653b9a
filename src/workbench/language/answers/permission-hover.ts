import { risksOf } from "../../../iam/risk/row-risk.ts";
import { conditionTests } from "../../../iam/row-text.ts";
import { RISK_MEANINGS } from "../../../explain/denials/request-risks.ts";
import type { CompiledStatement, DesiredCaller } from "../../../model/desired.ts";
import type { RowRisk } from "../../../model/delta.ts";
import type { StringOrList } from "../../../model/aws/policy-document.ts";
import { rowsOf } from "../../../plan/render/compiled-rows.ts";
import { testText } from "../../../plan/render/words.ts";
import { getOrAdd } from "../../../model/values/lists.ts";
import { counted } from "../../../text/phrases.ts";
import { stableText, toList } from "../../../text/json-values.ts";
import type { CompiledLine, CompiledPart } from "./compiled-line.ts";
import { code, codes } from "./markdown.ts";

const MOST_ACTIONS = 60;
const MOST_RESOURCES = 12;
const MOST_TARGETS = 8;
const MOST_GROUPS = 12;

/** What a line of a manifest compiles to, as Markdown: exact actions and resources, conditions and risks. */
export function permissionHover({ parts, problem }: CompiledLine): readonly string[] {
  const compiled = parts.filter(({ statements, callers }) => statements.length + callers.length > 0);
  return [
    ...(compiled.length === 0 ? [] : compiledTexts(compiled)),
    ...(problem === null ? [] : [notCompiledText(compiled.length, problem.message)]),
  ];
}

function notCompiledText(compiled: number, message: string): string {
  const what =
    compiled === 0
      ? "This compiles to nothing, because of"
      : "What an error of the manifest affects compiles to nothing";
  return `${what}: ${code(message)}`;
}

function compiledTexts(parts: readonly CompiledPart[]): readonly string[] {
  const targets = parts.map(({ target }) => target);
  const groups = groupsOf(parts);
  const left = groups.length - MOST_GROUPS;
  return [
    `Compiles to, in ${codes(targets, MOST_TARGETS)}:`,
    groups.slice(0, MOST_GROUPS).map(groupText).join("\n"),
    ...(left > 0 ? [`${counted(left, "more statement")}: \`grantkeeper render\` prints all.`] : []),
    ...(parts.some(({ statements }) => statements.length > 0) ? [riskText(parts)] : []),
  ];
}

/** Statements of several targets that differ in their resources alone. */
interface Group {
  /** Each line of Markdown, without the resources. */
  readonly head: string;
  readonly conditions: readonly string[];
  readonly places: Map<string, Set<string>>;
}

function groupsOf(parts: readonly CompiledPart[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { target, statements, callers } of parts) {
    const entries = [...statements.map(statementEntry), ...callers.map(callerEntry)];
    for (const { head, conditions, resources } of entries) {
      const name = stableText([head, conditions]);
      const group = groups.get(name) ?? { head, conditions, places: new Map<string, Set<string>>() };
      groups.set(name, group);
      for (const resource of resources) getOrAdd(group.places, resource, () => new Set<string>()).add(target);
    }
  }
  return [...groups.values()];
}

type StatementEntry = Omit<Group, "places"> & { readonly resources: readonly string[] };

function statementEntry(compiled: CompiledStatement): StatementEntry {
  const { statement, source } = compiled;
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const verb = source.kind === "grant" ? `**${source.verb}**: ` : "";
  const actions = NotAction === undefined ? actionsText(Action) : `all actions but ${actionsText(NotAction)}`;
  return {
    head: `${verb}${Effect} ${actions}`,
    conditions: conditionTests(Condition).map(testText),
    resources:
      NotResource === undefined
        ? toList(Resource ?? [])
        : [`all resources but ${toList(NotResource).join(", ")}`],
  };
}

function actionsText(actions: StringOrList | undefined): string {
  return codes(toList(actions ?? []), MOST_ACTIONS);
}

/** The statement that AWS creates in the policy of the function. */
function callerEntry({ input, statement, qualifier }: DesiredCaller): StatementEntry {
  return {
    head: `Lets in ${code(input.Principal)} with ${code(input.Action)}${qualifier === null ? "" : ` on ${code(qualifier)}`}`,
    conditions: conditionTests(statement.Condition).map(testText),
    resources: [],
  };
}

function groupText({ head, conditions, places }: Group): string {
  const targets = new Set([...places.values()].flatMap((at) => [...at]));
  const resources = [...places].map(([resource, at]) =>
    at.size === targets.size ? code(resource) : `${code(resource)} (${codes([...at], MOST_TARGETS)})`,
  );
  const left = resources.length - MOST_RESOURCES;
  return [
    `- ${head}`,
    ...resources.slice(0, MOST_RESOURCES).map((text) => `  - on ${text}`),
    ...(left > 0 ? [`  - and on ${counted(left, "more resource")}`] : []),
    ...conditions.map((text) => `  - ${code(text)}`),
  ].join("\n");
}

/** By the rules' lists of risky actions, and no more is claimed. */
function riskText(parts: readonly CompiledPart[]): string {
  const rows = parts.flatMap(({ state, statements }) =>
    statements
      .filter(({ statement }) => statement.Effect === "Allow")
      .flatMap((statement) => rowsOf(statement, state)),
  );
  const risks = risksOf(rows).filter((risk) => risk !== "none");
  if (risks.length === 0) return "Risk: none of these actions is listed as a risk on such resources.";
  return `Risk: ${risks.map(riskWords).join("; ")}.`;
}

function riskWords(risk: Exclude<RowRisk, "none">): string {
  return `**${risk}**: ${RISK_MEANINGS[risk]}`;
}
