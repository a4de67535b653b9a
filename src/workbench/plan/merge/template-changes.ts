import { templateVersion } from "../../../manifest/compile/placed-documents.ts";
import { homeOf } from "../../../manifest/folder-owner.ts";
import type { ManifestDocument } from "../../../manifest/parse/parsed.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { Json } from "../../../model/values/json.ts";
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
    if (!then.has(name)) return [`GrantTemplate ${name} is added, ${usersText(usersNow.get(name))}`];
    if (!now.has(name)) return [`GrantTemplate ${name} is removed, ${usersText(usersThen.get(name))}`];
    return [`GrantTemplate ${name} changes, ${usersText(usersNow.get(name))}`];
  });
}

function usersText(users: ReadonlySet<string> = new Set()): string {
  if (users.size === 0) return "used by no function";
  return `used by ${counted(users.size, "function")}: ${someOf([...users].sort(byText))}`;
}

/** By name and version: the content, also of a document that its schema refuses. */
function templatesOf({ files, paths }: Manifests): ReadonlyMap<string, string> {
  const documents = files
    .filter(({ path }) => homeOf(path, paths).kind === "platform")
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

/** By name and version of a template: the functions of its users. */
function usersOf({ files, paths }: Manifests): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const { path, documents } of files) {
    const home = homeOf(path, paths);
    if (home.kind !== "team") continue;
    for (const document of documents) {
      if (document.kind !== "FunctionPermission") continue;
      for (const { template, version } of document.spec.templates ?? []) {
        const name = `${template}@${version ?? "?"}`;
        users.set(name, (users.get(name) ?? new Set<string>()).add(`${home.namespace}/${document.name}`));
      }
    }
  }
  return users;
}
