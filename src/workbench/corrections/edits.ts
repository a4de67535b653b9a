import type { Remedy } from "../../guard/rules/remedy.ts";
import { editedFile } from "../../adopt/suggest/edited-file.ts";
import type { ManifestDocument, ParsedFile } from "../../manifest/parse/parsed.ts";
import type { Json, ValueEdit } from "../../model/values/json.ts";
import type { Origin } from "../../model/values/origin.ts";
import { isObject } from "../../text/json-values.ts";
import { placeOfDocument } from "../../text/located/located.ts";
import { formatPath, valueAt, type ValuePath } from "../../text/located/value-path.ts";
import { withValueInFile } from "../../text/yaml/insert.ts";

/** A remedy with the place of its finding. */
export interface PlacedRemedy {
  readonly remedy: Remedy;
  readonly origin: Origin;
}

type ManifestChange = ValueEdit | { readonly kind: "remove"; readonly path: ValuePath };

/** The file with the remedies of one place; null if its text has a form that is not edited without a doubt. */
export function remediedText(
  text: string,
  file: ParsedFile,
  remedies: readonly PlacedRemedy[],
): string | null {
  const [first] = remedies;
  if (first === undefined) return null;
  const document = file.documents.findLast(
    ({ located }) => placeOfDocument(located).line <= first.origin.line,
  );
  const path = document === undefined ? null : pathOf(first.origin, document);
  if (document === undefined || path === null) return null;
  const { line } = placeOfDocument(document.located);
  const changes = changesOf(document.document, path, remedies);
  if (changes === null) return null;
  let edited: string | null = text;
  for (const change of changes) {
    if (edited === null) return null;
    edited =
      change.kind === "remove"
        ? editedFile(edited, [{ line, paths: [change.path] }])
        : withValueInFile(edited, line, change);
  }
  return edited === text ? null : edited;
}

/** The place of a value, as a path of the written document. */
function pathOf({ path }: Origin, { document }: ManifestDocument): ValuePath | null {
  const search = (value: Json, at: ValuePath): ValuePath | null => {
    const text = formatPath(at);
    if (text === path) return at;
    if (!path.startsWith(text)) return null;
    const members = Array.isArray(value)
      ? value.map((member, index) => [index, member] as const)
      : isObject(value)
        ? Object.entries(value as Readonly<Record<string, Json>>)
        : [];
    for (const [step, member] of members) {
      const found = search(member, [...at, step]);
      if (found !== null) return found;
    }
    return null;
  };
  return search(document, []);
}

/** null: one of them has no certain form. */
function changesOf(
  document: Json,
  path: ValuePath,
  remedies: readonly PlacedRemedy[],
): readonly ManifestChange[] | null {
  const removed = remedies.flatMap(({ remedy }) => (remedy.kind === "remove-permissions" ? [remedy] : []));
  if (removed.length > 0)
    return removed.length === remedies.length ? removals(document, path, removed) : null;
  const distinct = new Map(remedies.map((one) => [JSON.stringify(one.remedy), one])).values();
  const changes: ManifestChange[] = [];
  for (const one of distinct) {
    const found = changeOf(document, path, one);
    if (found === null) return null;
    changes.push(found);
  }
  return changes;
}

/** Of a grant the verbs without effect, or the entry if no other verb is left; of a list without another entry, the list. */
function removals(
  document: Json,
  path: ValuePath,
  remedies: readonly Extract<Remedy, { readonly kind: "remove-permissions" }>[],
): readonly ManifestChange[] | null {
  const entry = entryOf(path);
  const allow: unknown = valueAt(document, [...path, "allow"]);
  const verbs: readonly unknown[] = Array.isArray(allow) ? allow : [];
  const dead = new Set<unknown>(remedies.flatMap((one) => one.allow ?? []));
  const at = verbs.flatMap((verb, index) => (dead.has(verb) ? [index] : []));
  const isEntire = remedies.some((one) => one.allow === null) || at.length === verbs.length;
  if (entry === null || (!isEntire && at.length === 0)) return null;
  if (isEntire) return [{ kind: "remove", path: withoutEmptyParent(document, entry) }];
  return at.toReversed().map((index) => ({ kind: "remove", path: [...path, "allow", index] }));
}

function changeOf(document: Json, path: ValuePath, { remedy }: PlacedRemedy): ManifestChange | null {
  switch (remedy.kind) {
    case "remove-permissions":
      return null;
    case "remove-field":
      return { kind: "remove", path: withoutEmptyParent(document, path) };
    case "end": {
      const entry = entryOf(path);
      return entry === null ? null : { kind: "set", path: [...entry, "until"], value: remedy.until };
    }
    case "demand-keys":
      return presence(document, path, remedy.keys);
    case "list-actions":
      return listed(document, [...path, "Action"], remedy);
    case "name-account":
      return inList(document, [...path, "Resource"], remedy);
  }
}

/** The member of the list around a path: `spec.grants[0]`. */
function entryOf(path: ValuePath): ValuePath | null {
  const last = path.findLastIndex((step) => typeof step === "number");
  return last < 0 ? null : path.slice(0, last + 1);
}

/** An empty list or object is no clear text: with its last member it goes too. */
function withoutEmptyParent(document: Json, path: ValuePath): ValuePath {
  const parent: unknown = valueAt(document, path.slice(0, -1));
  const isLast = typeof parent === "object" && parent !== null && Object.keys(parent).length === 1;
  return isLast && path.length > 2 ? path.slice(0, -1) : path;
}

function presence(document: Json, path: ValuePath, keys: readonly string[]): ManifestChange | null {
  const at = [...path, "Condition"];
  const existing: unknown = valueAt(document, [...at, "Null"]);
  const before = isObject(existing) ? (existing as Readonly<Record<string, Json>>) : {};
  const added = Object.fromEntries(keys.map((key) => [key, "false"]));
  return { kind: "set", path: [...at, "Null"], value: { ...before, ...added } };
}

function listed(
  document: Json,
  path: ValuePath,
  { pattern, actions }: Extract<Remedy, { readonly kind: "list-actions" }>,
): ManifestChange | null {
  const written: unknown = valueAt(document, path);
  const all: readonly unknown[] = Array.isArray(written) ? written : [written];
  if (!all.includes(pattern)) return null;
  const at = Array.isArray(written) ? [...path, all.indexOf(pattern)] : path;
  if (actions.length === 1 && !all.includes(actions[0]))
    return { kind: "set", path: at, value: actions[0] ?? "" };
  const kept = all.filter((action): action is string => typeof action === "string");
  const value = [...new Set(kept.flatMap((action) => (action === pattern ? actions : [action])))];
  return { kind: "set", path, value: value.length === 1 ? (value[0] ?? "") : value };
}

function inList(
  document: Json,
  path: ValuePath,
  { resource, inAccount }: Extract<Remedy, { readonly kind: "name-account" }>,
): ManifestChange | null {
  const written: unknown = valueAt(document, path);
  if (written === resource) return { kind: "set", path, value: inAccount };
  const at = Array.isArray(written) ? written.indexOf(resource) : -1;
  return at < 0 ? null : { kind: "set", path: [...path, at], value: inAccount };
}
