import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { risksText } from "../../explain/denials/request-risks.ts";
import { keyParts } from "../../model/keys/key.ts";
import { sortedSet } from "../../text/order.ts";
import { counted } from "../../text/phrases.ts";
import { requestFor, type Project, type ProjectSettings } from "../project/project.ts";
import { namespaceOfCall, requestText, type CommittedBranch, type ReportedFunction } from "./report.ts";

interface DenialBranch {
  readonly name: string;
  /** The folder of the manifests. */
  readonly root: string;
  readonly project: Project;
  readonly settings: ProjectSettings;
  /** With the merged lines. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly functions: readonly ReportedFunction[];
}

/** One commit for each namespace, with the denied requests in its message; null if nothing is suggested. */
export async function commitLines(
  { name, root, project, settings, files, functions }: DenialBranch,
  toolbox: Toolbox,
): Promise<CommittedBranch | null> {
  const merged = functions
    .map((one) => ({ ...one, requests: one.requests.filter(({ isMerged }) => isMerged) }))
    .filter(({ requests }) => requests.length > 0);
  const namespaces = sortedSet(merged.map(namespaceOfCall));
  if (namespaces.length === 0) return null;
  const before = new Map(
    project.snapshot.files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]),
  );
  const commits = namespaces.map((namespace) => {
    const own = merged.filter((one) => namespaceOfCall(one) === namespace);
    const paths = new Set(own.flatMap(({ key }) => fileOf(key, project)));
    const changed = files
      .filter(({ path }) => paths.has(path))
      .map(({ path, text }) => ({ path, before: before.get(path) ?? "", text }));
    return { namespace, files: changed, message: messageOf(namespace, own) };
  });
  const request = { ...requestFor(root, settings), name, atMs: toolbox.clock.nowMs(), commits };
  const ids = await toolbox.createBranch(request, toolbox.signal);
  return {
    name,
    commits: commits.map((commit, at) => ({
      namespace: commit.namespace,
      id: ids[at] ?? "",
      files: commit.files.map(({ path }) => path),
    })),
  };
}

function fileOf(key: ReportedFunction["key"], { compilation }: Project): readonly string[] {
  const binding = compilation.desired.bindings.get(key);
  return binding === undefined ? [] : [binding.origin.file];
}

function messageOf(namespace: string, functions: readonly ReportedFunction[]): string {
  const count = functions.reduce((sum, { requests }) => sum + requests.length, 0);
  const lines = functions.flatMap(({ key, requests }) => [
    `${namespace}/${keyParts(key).name}:`,
    ...requests.flatMap((request) => {
      const { calls, verdict, because, risks } = request;
      const mark = verdict === "risky" || risks.length === 0 ? "" : ` (risk: ${risksText(risks)})`;
      return [`- ${requestText(request)}: ${counted(calls, "call")}; ${verdict}: ${because}${mark}`];
    }),
    "",
  ]);
  return [
    `${namespace}: allow ${counted(count, "denied request")}`,
    "",
    "AWS denied these calls of the functions. A denied call may be an attack, or",
    "code that is not used: the owner of each function decides.",
    "",
    ...lines,
  ].join("\n");
}
