import type { Layout } from "../../cli/screen/layout.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { shortNamesOf, type ExplainedField } from "../../manifest/explained/explain.ts";
import { meaningOf } from "../../manifest/explained/meaning.ts";
import { API_VERSION, KINDS } from "../../manifest/schema/document.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

/** With a field its facts, without one the kinds. */
export type ExplainAnswer = ExplainedField | ReturnType<typeof kindsValue>;

export function kindsValue() {
  return {
    kinds: KINDS.map((kind) => ({
      kind,
      shortNames: shortNamesOf(kind),
      meaning: meaningOf(kind, "") ?? "",
    })),
  };
}

export function kindsScreen(layout: Layout): readonly ScreenLine[] {
  const rows = kindsValue().kinds.flatMap(({ kind, shortNames, meaning }) => [
    [kind, ...shortNames].join(", "),
    ...indented(meaning, layout),
  ]);
  return [...rows, "", "To see the fields of a kind: grantkeeper explain KIND.spec"];
}

export function fieldScreen(field: ExplainedField, layout: Layout): readonly ScreenLine[] {
  const { kind, path, meaning, form, values, example } = field;
  const name = path === "" ? "" : `FIELD  ${titleOf({ ...field, name: path })}`;
  return [
    `KIND   ${kind}, ${API_VERSION}`,
    ...(name === "" ? [] : [name]),
    "",
    // The verbs follow, each with its own line.
    ...(isGrant(field) ? [] : [...indented(meaning, layout), ""]),
    ...(form === null ? [] : [...indented(`Form: ${form}`, layout), ""]),
    ...(values.length === 0 ? [] : [...indented(`Values: ${values.join(", ")}`, layout), ""]),
    ...verbLines(field, layout),
    ...fieldLines(field, layout),
    "EXAMPLE",
    ...example
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

function isGrant({ verbs, fields }: ExplainedField): boolean {
  return verbs.length > 0 && fields.length > 0;
}

function titleOf({
  name,
  type,
  required,
}: {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}): string {
  return `${name} <${type}>${required ? ", required" : ""}`;
}

function verbLines({ verbs }: ExplainedField, layout: Layout): readonly ScreenLine[] {
  if (verbs.length === 0) return [];
  const lines = verbs.flatMap(({ verb, allows, leavesOut, actions }) => [
    `  ${verb}`,
    ...indented(allows, layout, "      "),
    ...indented(actions.join(" "), layout, "      "),
    ...(leavesOut === null ? [] : labelledLines("note", leavesOut, { ...layout, indent: " ".repeat(6) })),
  ]);
  return ["VERBS, with the exact actions that each allows", ...lines, ""];
}

function fieldLines({ fields }: ExplainedField, layout: Layout): readonly ScreenLine[] {
  if (fields.length === 0) return [];
  const lines = fields.flatMap((field) => [
    `  ${titleOf(field)}`,
    ...indented(field.meaning, layout, "      "),
  ]);
  return ["FIELDS", ...lines, ""];
}

function indented(text: string, { width }: Layout, indent = "  "): readonly string[] {
  return wrapped(text, width, { first: indent, next: indent });
}
