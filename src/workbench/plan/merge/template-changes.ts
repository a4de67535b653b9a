import { templateVersion } from "../../../manifest/compile/placed-documents.ts";
import { homeFolderOf } from "../../../manifest/folder-owner.ts";
import type { ManifestDocument } from "../../../manifest/parse/parsed.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { Json } from "../../../model/values/json.ts";
import { getOrAdd } from "../../../model/values/lists.ts";
import { isObject } from "../../../text/json-values.ts";
import { byText } from "../../../text/order.ts";
import { counted, someOf } from "../../../text/phrases.ts";
import type { Project } from "../../project/project.ts";

type Manifests = Pick<Project, "files" | "paths">;

/** The GrantTemplates that differ between two revisions, each with the functions that use it. */
export function templateChanges(before: Manifests, after: Manifests): readonly string[] {
  const [then, now] = [templatesOf(before), templatesOf(after)];
  const [usersThen, usersNow] = [usersOf(before), usersOf(after)];
  const names = [...new Set([...then.keys(), ...now.keys()])].sort(byText);
  return names.flatMap((name) => {
    if (then.get(name) === now.get(name)) return [];
    if (!then.has(name)) return [`GrantTemplate ${name} is added, ${usersText(name, usersNow)}`];
    if (!now.has(name)) return [`GrantTemplate ${name} is removed, ${usersText(name, usersThen)}`];
    return [`GrantTemplate ${name} changes, ${usersText(name, usersNow)}`];
  });
}

function usersText(name: string, { byTemplate, unread }: TemplateUsers): string {
  const users = [...(byTemplate.get(name) ?? [])].sort(byText);
  const known = users.length === 0 ? "no function" : `${counted(users.length, "function")}: ${someOf(users)}`;
  const rest = unread.length === 0 ? "" : `; not known for ${someOf(unread)}, which cannot be read`;
  return `used by ${known}${rest}`;
}

/** By name and version: the content, also of a document that its schema refuses. */
function templatesOf({ files, paths }: Manifests): ReadonlyMap<string, string> {
  const documents = files
    .filter(({ path }) => homeFolderOf(path, paths).kind === "platform")
    .flatMap((file) => file.documents)
    .filter(isTemplate)
    .map(
      (document) => [`${document.name}@${templateVersion(document) ?? "?"}`, contentOf(document)] as const,
    );
  const byName = Map.groupBy(documents, ([name]) => name);
  return new Map(
    [...byName].map(([name, all]) => [
      name,
      all
        .map(([, text]) => text)
        .sort(byText)
        .join("\n"),
    ]),
  );
}

function isTemplate(document: ManifestDocument): boolean {
  return (document.kind === "invalid" ? document.of : document.kind) === "GrantTemplate";
}

function contentOf({ document }: ManifestDocument): string {
  return canonicalText((document as Readonly<Record<string, Json>>)["spec"] ?? null);
}

/** The functions and policies that use a template, as far as their documents can be read. */
interface TemplateUsers {
  /** By name and version of the template. */
  readonly byTemplate: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files of teams, with an error, of which the templates are not known. Sorted. */
  readonly unread: readonly string[];
}

function usersOf({ files, paths }: Manifests): TemplateUsers {
  const users = new Map<string, Set<string>>();
  const unread = new Set<string>();
  for (const { path, documents, readable } of files) {
    const home = homeFolderOf(path, paths);
    if (home.kind !== "team") continue;
    if (!readable) unread.add(path);
    for (const document of documents) {
      const names = templatesUsed(document);
      if (names === null) unread.add(path);
      for (const name of names ?? [])
        getOrAdd(users, name, () => new Set<string>()).add(`${home.namespace}/${document.name ?? "?"}`);
    }
  }
  return { byTemplate: users, unread: [...unread].sort(byText) };
}

/** By name and version; null if an error hides them. */
function templatesUsed(document: ManifestDocument): readonly string[] | null {
  const kind = document.kind === "invalid" ? document.of : document.kind;
  if (kind === null) return null;
  if (kind !== "FunctionPermission" && kind !== "ManagedPolicy") return [];
  const spec = isObject(document.document) ? document.document["spec"] : undefined;
  if (!isObject(spec)) return null;
  const uses = spec["templates"] ?? [];
  if (!Array.isArray(uses) || !uses.every(isUse)) return null;
  return uses.map(({ template, version }) => `${template}@${version ?? "?"}`);
}

function isUse(use: unknown): use is { readonly template: string; readonly version?: number } {
  if (!isObject(use) || typeof use["template"] !== "string") return false;
  return use["version"] === undefined || typeof use["version"] === "number";
}
