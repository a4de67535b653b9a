import { explainedAt, type ExplainedField } from "../../../manifest/explained/explain.ts";
import type { ManifestCursor } from "./cursor.ts";
import { code, codeBlock, codes } from "./markdown.ts";

const MOST_VALUES = 60;

/** The text of `explain` about the field at the cursor, as Markdown. */
export function fieldHover({ kind, path, value }: ManifestCursor): readonly string[] {
  const field = explainedAt(
    kind,
    path.filter((step) => typeof step === "string"),
  );
  if (field === null) return [];
  const { meaning, form, values, example } = field;
  const named =
    typeof value === "string"
      ? field.verbs.filter(({ verb, single }) => verb === value || single.includes(value))
      : [];
  const verbs = named.length > 0 ? named : field.verbs;
  return [
    `**${titleOf(field)}**`,
    // The verbs follow, each with its own meaning.
    ...(verbs.length > 0 || meaning === "" ? [] : [`${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`]),
    ...(form === null ? [] : [`Form: ${form}`]),
    ...(values.length === 0 ? [] : [`Values: ${codes(values, MOST_VALUES)}`]),
    ...(verbs.length === 0 ? [] : [verbs.map(verbText).join("\n")]),
    codeBlock(example, "yaml"),
  ];
}

function titleOf({ kind, path, type, required }: ExplainedField): string {
  return `${kind} ${path === "" ? "" : code(path)} (${type}${required ? ", required" : ""})`;
}

function verbText({ verb, allows, leavesOut, actions }: ExplainedField["verbs"][number]): string {
  const note = leavesOut === null ? "" : `. Note: ${leavesOut}`;
  return `- **${verb}**: ${allows}: ${codes(actions, MOST_VALUES)}${note}`;
}
