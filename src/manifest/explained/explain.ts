import type { Json, JsonObject } from "../../model/values/json.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { blockText } from "../../text/yaml/block-text.ts";
import { GRANT_ENTRIES } from "../grants/catalogue.ts";
import { CALLER_ENTRIES } from "../callers/catalogue.ts";
import { KINDS, type Kind } from "../schema/document.ts";
import { ofSchema, SCHEMAS } from "../schema/json-schema.ts";
import { meantField, serviceFields } from "../schema/problems/unknown-field.ts";
import { exampleManifests } from "./example-manifests.ts";
import { ANY_KEY, fieldsBelow, formOf, fieldType, valuesOf, type SchemaField } from "./fields.ts";
import { meaningOf } from "./meaning.ts";
import { verbFactsAt, type ExplainedVerb } from "./verbs.ts";

export interface ExplainedField {
  readonly kind: Kind;
  /** `spec.grants[].dynamodb`; "" for the kind itself. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
  /** The form of its text; null if it has none. */
  readonly form: string | null;
  /** The only values; empty if others are possible, and of a grant's `allow`, which has verbs. */
  readonly values: readonly string[];
  readonly verbs: readonly ExplainedVerb[];
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
    readonly meaning: string;
  }[];
  /** Its place in a valid manifest, as YAML. */
  readonly example: string;
}

export type Explanation =
  | { readonly kind: "field"; readonly field: ExplainedField }
  /** `near`: the text that was probably meant; `known`: what may be in the place of the unknown part. */
  | {
      readonly kind: "unknown";
      readonly part: string;
      readonly within: string;
      readonly near: string | undefined;
      readonly known: readonly string[];
    };

/** How people also name the kinds. */
const SHORT_NAMES: Readonly<Record<string, Kind>> = {
  fp: "FunctionPermission",
  function: "FunctionPermission",
  binding: "FunctionPermission",
  account: "AwsAccount",
  policy: "ManagedPolicy",
  profile: "GuardrailProfile",
  template: "GrantTemplate",
};

export function shortNamesOf(kind: Kind): readonly string[] {
  return Object.keys(SHORT_NAMES).filter((name) => SHORT_NAMES[name] === kind);
}

/** Explains `binding.spec.grants.dynamodb`: a kind, and a path in it, in which the places of lists may be left out. */
export function explained(text: string): Explanation {
  const [first = "", ...names] = text.replace(/\[\w*\]/g, "").split(".");
  const kind = kindOf(first);
  if (kind === undefined) return unknownKind(first, [first, ...names]);
  const answer = found(kind, names, { ...documentField(kind), shown: first });
  if (answer.kind === "field") return answer;
  return { ...answer, near: fullPath({ kind, shown: first }, names) ?? answer.near };
}

/** The field at the names of a path in a document; null: the kind has no such field. */
export function explainedAt(kind: Kind, names: readonly string[]): ExplainedField | null {
  const answer = found(kind, names, { ...documentField(kind), shown: kind });
  return answer.kind === "field" ? answer.field : null;
}

function kindOf(text: string): Kind | undefined {
  const name = text.toLowerCase();
  const names = [name, name.replace(/s$/, ""), name.replace(/ies$/, "y")];
  return (
    KINDS.find((kind) => names.includes(kind.toLowerCase())) ??
    names.map((one) => (Object.hasOwn(SHORT_NAMES, one) ? SHORT_NAMES[one] : undefined)).find(Boolean)
  );
}

/** People leave out the kind: a path is then looked for in the kind that most manifests have. */
function unknownKind(part: string, names: readonly string[]): Explanation {
  const known = [...KINDS, ...Object.keys(SHORT_NAMES)];
  const near =
    fullPath({ kind: "FunctionPermission", shown: "FunctionPermission" }, names) ?? nearestName(part, known);
  return { kind: "unknown", part, within: "", near, known: KINDS };
}

/** A path with the `spec` or `spec.grants` that people leave out; undefined if none leads to a field. */
function fullPath(
  { kind, shown }: { readonly kind: Kind; readonly shown: string },
  names: readonly string[],
): string | undefined {
  const below = [names, ["spec", ...names], ["spec", "grants", ...names]].find(
    (path) => found(kind, path, { ...documentField(kind), shown }).kind === "field",
  );
  return below === undefined ? undefined : [shown, ...below].join(".");
}

function documentField(kind: Kind): SchemaField {
  return { name: kind, path: "", schema: ofSchema(SCHEMAS[kind]), isRequired: true };
}

interface FieldPlace extends SchemaField {
  /** As it was asked for. */
  readonly shown: string;
}

function found(kind: Kind, names: readonly string[], place: FieldPlace): Explanation {
  const [name, ...rest] = names;
  if (name === undefined) return { kind: "field", field: fieldAt(kind, place) };
  const fields = fieldsBelow(place.schema, place.path);
  const field = fields.find((one) => one.name === name) ?? fields.find((one) => one.name === ANY_KEY);
  if (field !== undefined) return found(kind, rest, { ...field, shown: `${place.shown}.${name}` });
  const known = fields.map((one) => one.name);
  const near = serviceFields(name).find((one) => known.includes(one)) ?? meantField(name, known);
  const corrected = near === undefined ? undefined : [place.shown, near, ...rest].join(".");
  return { kind: "unknown", part: name, within: place.shown, near: corrected, known };
}

function fieldAt(kind: Kind, { path, schema, isRequired }: SchemaField): ExplainedField {
  const verbs = verbFactsAt(path);
  const isAllow = path.endsWith(".allow");
  return {
    kind,
    path,
    type: path === "" ? "object" : fieldType(schema),
    required: isRequired,
    meaning: meaningOf(kind, path) ?? "",
    form: formOf(schema),
    values: isAllow ? [] : valuesOf(schema),
    verbs,
    fields: fieldsBelow(schema, path).map((field) => ({
      name: field.name,
      type: fieldType(field.schema),
      required: field.isRequired,
      meaning: meaningOf(kind, field.path) ?? "",
    })),
    example: exampleOf(kind, path),
  };
}

function exampleOf(kind: Kind, path: string): string {
  const [general] = exampleManifests(kind);
  if (path === "" || general === undefined) return blockText(general ?? {}, { depth: 2, width: 76 });
  const parts = path.split(".");
  const depth = parts.length - 1 + (path.match(/\[\]/g) ?? []).length;
  const manifest = catalogueExample(path) ?? exampleManifests(kind).find((one) => isIn(one, parts)) ?? {};
  return blockText(partOf(manifest, parts) as JsonObject, { depth, width: 76 });
}

/** One entry of a catalogue, of the example that has the field. */
function catalogueExample(path: string): JsonObject | undefined {
  const [, list = "", name = "", field] = /^spec\.(grants|invokedBy)\[\]\.(\w+)(?:\.(\w+))?/.exec(path) ?? [];
  const entry =
    list === "grants"
      ? GRANT_ENTRIES.find(({ grant }) => grant === name)
      : CALLER_ENTRIES.find(({ caller }) => caller === name);
  if (entry === undefined) return undefined;
  const examples = entry.examples as readonly JsonObject[];
  const example = examples.find((one) => field === undefined || field in one) ?? {};
  return { spec: { [list]: [{ [name]: example }] } };
}

function isIn(value: Json | undefined, parts: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return value !== undefined;
  const member = memberOf(value, part);
  return Array.isArray(member) && part.endsWith("[]")
    ? member.some((one: Json) => isIn(one, rest))
    : member !== undefined && isIn(member, rest);
}

/** The value with nothing but what leads to the field; of an entry of a catalogue, all of the entry. */
function partOf(value: Json, parts: readonly string[]): Json {
  const [part = "", ...rest] = parts;
  const name = nameIn(value, part);
  const member = memberOf(value, part) ?? null;
  const isEntry = part === "grants[]" || part === "invokedBy[]";
  if (parts.length === 1 || (isEntry && rest.length === 2)) return { [name]: member };
  if (part.endsWith("[]") && Array.isArray(member)) {
    const has = (member as readonly Json[]).find((one) => isIn(one, rest)) ?? null;
    return { [name]: [isEntry ? has : partOf(has, rest)] };
  }
  return { [name]: partOf(member, rest) };
}

function memberOf(value: Json | undefined, part: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return (value as JsonObject)[nameIn(value, part)];
}

/** The first name, where any is possible. */
function nameIn(value: Json, part: string): string {
  return part === ANY_KEY ? String(Object.keys(value as JsonObject)[0]) : part.replace("[]", "");
}
