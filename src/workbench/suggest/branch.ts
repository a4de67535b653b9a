import type { SuggestedManifest, Suggestions } from "../../adopt/suggest/suggest.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { counted } from "../../text/phrases.ts";
import { sortedSet } from "../../text/order.ts";
import { requestFor, type ProjectSettings } from "../project/project.ts";
import { manifestName, type ReportedBranch } from "./report.ts";

interface BranchRequest {
  readonly name: string;
  /** The folder of the manifests. */
  readonly root: string;
  readonly settings: ProjectSettings;
  /** By path: what the files contain now. */
  readonly texts: ReadonlyMap<string, string>;
}

/** One commit for each namespace, with the evidence in its message; null if nothing is suggested. */
export async function commitSuggestions(
  suggestions: Suggestions,
  { name, root, settings, texts }: BranchRequest,
  toolbox: Toolbox,
): Promise<ReportedBranch | null> {
  const smaller = suggestions.manifests.filter(({ outcome }) => outcome.kind === "smaller");
  const namespaces = sortedSet(smaller.map(namespaceOf));
  if (namespaces.length === 0) return null;
  const commits = namespaces.map((namespace) => {
    const own = smaller.filter((one) => namespaceOf(one) === namespace);
    const paths = new Set(own.map(({ document }) => document.file));
    const files = suggestions.files
      .filter(({ path }) => paths.has(path))
      .map(({ path, text }) => ({ path, before: texts.get(path) ?? "", text }));
    return { namespace, files, message: messageOf(namespace, own) };
  });
  const request = { ...requestFor(root, settings), name, atMs: toolbox.clock.nowMs(), commits };
  const ids = await toolbox.createBranch(request, toolbox.signal);
  return {
    name,
    commits: commits.map(({ namespace, files }, at) => ({
      namespace,
      id: ids[at] ?? "",
      files: files.map(({ path }) => path),
    })),
  };
}

function namespaceOf({ bindings }: SuggestedManifest): string {
  return bindings[0]?.namespace ?? "";
}

function messageOf(namespace: string, manifests: readonly SuggestedManifest[]): string {
  const removed = manifests.map((one) => ({
    name: manifestName(one.bindings),
    permissions: one.permissions.filter(({ advice }) => advice === "remove"),
  }));
  const count = removed.reduce((sum, { permissions }) => sum + permissions.length, 0);
  const lines = removed.flatMap(({ name, permissions }) => [
    `${name}:`,
    ...permissions.map(({ label, use }) => `- ${label}: ${use.because}`),
    "",
  ]);
  return [
    `${namespace}: remove ${counted(count, "permission")} without a seen use`,
    "",
    "Evidence of use is a hint, not a proof: jobs that run less often than the",
    "window are not in it. The owner of each function decides.",
    "",
    ...lines,
  ].join("\n");
}
