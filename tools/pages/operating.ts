import { operatorSchema } from "../../src/config/schema.ts";
import { ofSchema } from "../../src/manifest/schema/json-schema.ts";
import { METRICS } from "../../src/controller/ports/metrics.ts";
import { REASONS } from "./conditions.ts";
import { errorsTable } from "./errors.ts";
import { code, fieldRows, table } from "./fields.ts";
import { OPERATOR_FIELDS } from "./operator-file.ts";
import { laidOut, withPart, type Page } from "./page.ts";

const PARTS = {
  fields: fieldsTable,
  reasons: reasonsTable,
  errors: errorsTable,
  metrics: metricsTable,
};

/** Written by people, but for its tables. */
export const operatingPage: Page = {
  path: "docs/operating.md",
  text: (before) =>
    laidOut(Object.entries(PARTS).reduce((page, [name, part]) => withPart(page, name, part()), before)),
};

function fieldsTable(): string {
  const rows = fieldRows(ofSchema(operatorSchema), "", new Set());
  const paths = rows.map(({ path }) => path);
  const unknown = Object.keys(OPERATOR_FIELDS).filter((path) => !paths.includes(path));
  const unsaid = paths.filter((path) => OPERATOR_FIELDS[path] === undefined);
  if (unknown.length + unsaid.length > 0)
    throw new Error(`fix tools/pages/operator-file.ts: ${[...unknown, ...unsaid].join(", ")}`);
  return table(
    ["Field", "", "Form", "Meaning"],
    rows.map(({ path, isRequired, form }) => [
      code(path),
      isRequired ? "required" : "",
      form,
      OPERATOR_FIELDS[path] ?? "",
    ]),
  );
}

function reasonsTable(): string {
  const rows = Object.entries(REASONS).map(([reason, [condition, means, does]]) => [
    code(reason),
    condition,
    means,
    does,
  ]);
  return table(["Reason", "Of", "What it means", "What to do"], rows);
}

function metricsTable(): string {
  const rows = Object.entries(METRICS).flatMap(([type, metrics]) =>
    Object.entries(metrics).map(([name, { help, labels }]) => [
      code(`grantkeeper_${name}`),
      type,
      labels.map(code).join(" "),
      help,
    ]),
  );
  return table(["Metric", "Type", "Labels", "Meaning"], rows);
}
