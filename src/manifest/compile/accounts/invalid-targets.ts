import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { JsonObject } from "../../../model/values/json.ts";
import { originOfKey } from "../../../text/located/located.ts";
import { valueAt } from "../../../text/located/value-path.ts";
import { byText } from "../../../text/order.ts";
import type { InvalidDocument } from "../../parse/parsed.ts";
import { functionExample } from "../../schema/problems/pasted.ts";
import { isAccountField } from "../../schema/problems/unknown-field.ts";
import type { PlacedDocument } from "../placed.ts";
import type { KnownAccount } from "./accounts.ts";

/** More names in a hint help no one. */
const MAX_NAMES = 10;

/** The problems of a document that cannot be used, with the accounts that its targets may name. */
export function withAccountNames(
  { document, problems }: PlacedDocument<InvalidDocument>,
  accounts: ReadonlyMap<string, KnownAccount>,
): readonly Diagnostic[] {
  if (accounts.size === 0 || accounts.size > MAX_NAMES) return problems;
  const known = [...accounts.values()].sort((a, b) => byText(a.name, b.name));
  return problems.map((problem) => {
    if (document.of === null && problem.code === "iam-policy") return { ...problem, fix: policyFix(known) };
    const written = accountsAt(problem, document);
    return written === null ? problem : { ...problem, fix: accountsFix(written, known) };
  });
}

function policyFix(known: readonly KnownAccount[]): string {
  const [first] = known;
  const example = functionExample(first?.name ?? "NAME", first?.desired?.regions[0] ?? "REGION");
  const each = known.map(({ name, desired }) =>
    desired === null ? name : `${name} (${desired.regions.join(", ")})`,
  );
  return `${example}; accounts and their regions: ${each.join(", ")}`;
}

function accountsFix(written: readonly string[], known: readonly KnownAccount[]): string {
  const meant = written.map((text) => known.find(({ id, name }) => id === text || name === text));
  const accounts = [...new Set(meant.filter((account) => account !== undefined))];
  if (accounts.length === 0 || meant.includes(undefined))
    return `write accounts: [NAME]; valid names: ${known.map(({ name }) => name).join(", ")}`;
  const ids = accounts.filter(({ id }) => written.includes(id)).map(({ id, name }) => `${id} is ${name}: `);
  return `${ids.join("")}write accounts: [${accounts.map(({ name }) => name).join(", ")}]`;
}

/** The values of the field at the place of a problem, such as `account: 111122223333`; null if it is another field. */
function accountsAt({ code, origin }: Diagnostic, document: InvalidDocument): readonly string[] | null {
  if (code !== "unknown-field") return null;
  const targets = valueAt(document.document, ["spec", "targets"]);
  for (const [index, target] of (Array.isArray(targets) ? targets : []).entries())
    for (const [key, value] of Object.entries((target ?? {}) as JsonObject)) {
      const { line, column } = originOfKey(document, ["spec", "targets", index, key]);
      if (isAccountField(key) && line === origin.line && column === origin.column)
        return [value].flat().map(String);
    }
  return null;
}
