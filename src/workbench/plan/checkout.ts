import { SourceError } from "../../controller/ports/source.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { shortRevision } from "../../model/values/revision.ts";
import {
  loadDirectory,
  projectOf,
  requestFor,
  type Project,
  type ProjectSettings,
} from "../project/project.ts";
import { rangeText } from "./report.ts";
import { resultOf } from "../../model/values/result.ts";

/** The manifests of a revision of the repository. @throws SourceError */
export function atRevision(
  { root, revision }: { readonly root: string; readonly revision: string },
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<Project> {
  return toolbox
    .gitSnapshot({ ...requestFor(root, settings), revision }, toolbox.signal)
    .then((snapshot) => projectOf({ snapshot, skipped: [] }, settings, toolbox));
}

/** The head of a comparison, and the commit that it is or is based on. */
export interface HeadOfPlan {
  readonly head: Project;
  readonly committed: Project;
}

/** The revision of that name, or the working tree; a working tree without changes is its commit. */
export async function headOf(
  { dir, head }: { readonly dir: string; readonly head: string | undefined },
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<HeadOfPlan> {
  if (head !== undefined) {
    const named = await atRevision({ root: dir, revision: head }, settings, toolbox);
    return { head: named, committed: named };
  }
  const here = await loadDirectory(dir, settings, toolbox);
  const committed = await atRevision({ root: dir, revision: "HEAD" }, settings, toolbox);
  return { head: sameFiles(here, committed) ? committed : here, committed };
}

function sameFiles({ snapshot: a }: Project, { snapshot: b }: Project): boolean {
  const others = new Map(b.files.map(({ path, bytes }) => [path, bytes]));
  const isSame = (path: string, bytes: Uint8Array): boolean => {
    const other = others.get(path);
    return other !== undefined && Buffer.from(bytes).equals(other);
  };
  const refused = (files: readonly { readonly path: string }[]): string =>
    files.map(({ path }) => path).join("\0");
  return (
    a.files.length === b.files.length &&
    a.files.every(({ path, bytes }) => isSame(path, bytes)) &&
    refused(a.refused) === refused(b.refused)
  );
}

/** `HEAD@9c1d04e → working tree`; only the commit if nothing is changed, `working tree` outside of a repository. */
export async function checkoutText(
  dir: string,
  here: Project,
  { settings, toolbox }: { readonly settings: ProjectSettings; readonly toolbox: Toolbox },
): Promise<string> {
  const reading = atRevision({ root: dir, revision: "HEAD" }, settings, toolbox);
  const committed = await resultOf(reading, SourceError);
  if (committed.kind === "err") return "working tree";
  const { revision } = committed.value.snapshot;
  if (sameFiles(here, committed.value)) return shortRevision(revision);
  return rangeText(revision, here.snapshot.revision);
}
