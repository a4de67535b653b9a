import { KINDS, type Kind } from "../../src/manifest/schema/document.ts";
import { ofSchema, SCHEMAS } from "../../src/manifest/schema/json-schema.ts";
import { code, fieldRows, table, type FieldRow } from "./fields.ts";
import { MEANINGS } from "../../src/manifest/explained/meanings.ts";
import { laidOut, withPart, type Page } from "./page.ts";

/** Written by people, but for the tables of fields. */
export const manifestsPage: Page = {
  path: "docs/manifests.md",
  text: (before) =>
    laidOut(KINDS.reduce((page, kind) => withPart(page, `fields of ${kind}`, fieldsOf(kind)), before)),
};

/** The catalogues have a page of their own. */
const LEAVES = new Set([
  "spec.grants",
  "spec.invokedBy",
  "spec.shares[].grants",
  "spec.approval.preapproved",
  "spec.template",
]);
/** The same in every document. */
const SAME = new Set(["apiVersion", "kind", "metadata", "spec"]);

function fieldsOf(kind: Kind): string {
  const rows = fieldRows(ofSchema(SCHEMAS[kind]), "", LEAVES).filter(({ path }) => !SAME.has(path));
  const unknown = Object.keys(MEANINGS[kind]).filter((path) => !rows.some((row) => row.path === path));
  if (unknown.length > 0) throw new Error(`${kind} has no field ${unknown.join(", ")}`);
  return table(
    ["Field", "", "Form", "Meaning"],
    rows.map((row) => [
      code(row.path),
      row.isRequired ? "required" : "",
      formOf(kind, row),
      meaningOf(kind, row),
    ]),
  );
}

function formOf(kind: Kind, { path, form }: FieldRow): string {
  if (!LEAVES.has(path)) return form;
  if (kind === "AccountSet") return "the fields of an AwsAccount, without `id` and `mode`";
  const isOfPlatform = kind === "Team" || kind === "GuardrailProfile";
  return isOfPlatform ? "names of grants, each with a list of its verbs" : "list of entries";
}

function meaningOf(kind: Kind, { path }: FieldRow): string {
  const meaning = MEANINGS[kind][path];
  if (meaning === undefined)
    throw new Error(`src/manifest/explained/meanings.ts lacks the meaning of ${path} of ${kind}`);
  return meaning;
}
