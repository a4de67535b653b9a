import { EXAMPLE_ID } from "../../../model/aws/found-account.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { Json, JsonObject } from "../../../model/values/json.ts";
import { formatPath, valueAt, type ValuePath } from "../../../text/located/value-path.ts";
import { packed, placeAt, placeOfDocument, type LocatedDocument } from "../../../text/located/located.ts";
import { locatedAt, type LocatedTree } from "../../../text/located/tree.ts";
import { checkedDocument } from "../../parse/parse.ts";
import type { AccountSet, InvalidDocument, ManifestDocument } from "../../parse/parsed.ts";
import { MEMBER_ID } from "../../schema/account-set.ts";
import { API_VERSION } from "../../schema/document.ts";
import type { PlacedDocument } from "../placed.ts";

/** An account of a set as its manifest names it. */
interface SetMember {
  readonly name: Json;
  readonly id: string;
  readonly mode: Json | undefined;
  readonly vars: JsonObject;
  /** Its path in the document; null: the example account, with which the template of an organization is checked. */
  readonly path: ValuePath | null;
}

/**
 * The accounts of a set as AwsAccount manifests, with the places of the set's own text. A mistake of the template is
 * reported once, not for each account.
 */
export function accountsOfSet(
  placed: PlacedDocument<AccountSet>,
): readonly PlacedDocument<ManifestDocument>[] {
  const { document, namespace } = placed;
  const listed = document.spec.accounts ?? [];
  const members = listed.map(({ name, id, mode, vars = {} }, index) => {
    return { name, id, mode, vars, path: ["spec", "accounts", index] };
  });
  const reported = new Set<string>();
  return members.map((member) => {
    const account = accountDocument(document, member);
    const problems = account.kind === "invalid" ? account.diagnostics : [];
    return { document: account, namespace, problems: problems.filter((problem) => isNew(problem, reported)) };
  });
}

/** An account that a set finds in its organization, before its id is known; null if the set finds none. */
export function exampleAccount(document: AccountSet): ManifestDocument | null {
  if (document.spec.organization === undefined) return null;
  return accountDocument(document, {
    name: document.name,
    id: EXAMPLE_ID,
    mode: undefined,
    vars: {},
    path: null,
  });
}

/** The accounts of a set that its schema refuses, as far as they can be read: their keys stay known. */
export function accountsOfBrokenSet(
  placed: PlacedDocument<InvalidDocument>,
): readonly PlacedDocument<InvalidDocument>[] {
  const { document, namespace } = placed;
  const listed = valueAt(document.document, ["spec", "accounts"]);
  if (document.of !== "AccountSet" || !Array.isArray(listed)) return [];
  return listed.flatMap((entry: Json) => {
    const [name, accountId] = [valueAt(entry, ["name"]), valueAt(entry, ["id"])];
    if (typeof name !== "string" || typeof accountId !== "string") return [];
    const account = { ...document, of: "AwsAccount" as const, name, accountId, diagnostics: [] };
    return [{ document: account, namespace, problems: [] }];
  });
}

function accountDocument(set: AccountSet, member: SetMember): ManifestDocument {
  const template = valueAt(set.document, ["spec", "template"]) as JsonObject;
  const { id, mode, name } = member;
  const vars = { ...(template["vars"] as JsonObject | undefined), ...member.vars };
  const spec = {
    ...(withId(template, id) as JsonObject),
    id,
    ...(mode !== undefined && { mode }),
    ...(Object.keys(vars).length > 0 && { vars }),
  };
  const metadata = { ...(valueAt(set.document, ["metadata"]) as JsonObject), name };
  const value = { apiVersion: API_VERSION, kind: "AwsAccount", metadata, spec };
  const { file, sourceText } = set;
  const pathTexts = { textOf: (path: ValuePath) => formatPath(pathInSet(path, member)) };
  return checkedDocument(
    { file, sourceText, located: locatedAccount(set.located, value, member), pathTexts },
    value,
  );
}

function withId(value: Json, id: string): Json {
  if (typeof value === "string") return value.replaceAll(MEMBER_ID, id);
  if (Array.isArray(value)) return value.map((member: Json) => withId(member, id));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withId(member, id)]));
}

/** Where the set has what the AwsAccount has at a path. */
function pathInSet(path: ValuePath, { path: own, vars }: SetMember): ValuePath {
  const [part, field, ...rest] = path;
  if (part === "metadata" && field === "name" && own !== null) return [...own, "name"];
  if (part !== "spec" || field === undefined) return path;
  const isOwn =
    field === "id" || field === "mode" || (field === "vars" && Object.hasOwn(vars, rest[0] ?? ""));
  if (!isOwn) return ["spec", "template", field, ...rest];
  return own === null ? ["spec", "organization"] : [...own, field, ...rest];
}

/** The places of a value's parts, each where the set has it. */
function locatedAccount(set: LocatedDocument, value: Json, member: SetMember): LocatedDocument {
  const around = placeAt(set, member.path ?? []) ?? placeOfDocument(set);
  const located = (part: Json, path: ValuePath): LocatedTree => {
    const found = placeAt(set, pathInSet(path, member)) ?? locatedAt(around);
    if (typeof part !== "object" || part === null) return { ...found, members: null };
    const members = Array.isArray(part)
      ? part.map((each: Json, index) => located(each, [...path, index]))
      : Object.fromEntries(
          Object.entries(part).map(([name, each]) => [name, located(each, [...path, name])]),
        );
    return { ...found, members };
  };
  return packed(located(value, []));
}

function isNew({ origin, code }: Diagnostic, reported: Set<string>): boolean {
  if (!origin.path.startsWith("spec.template")) return true;
  const place = `${origin.line}:${origin.column} ${origin.path} ${code}`;
  if (reported.has(place)) return false;
  reported.add(place);
  return true;
}
