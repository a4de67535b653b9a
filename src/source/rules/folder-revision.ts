import { createHash } from "node:crypto";
import { parseRevision, type Revision } from "../../model/values/revision.ts";
import type { RefusedFile, SourceFile } from "../../model/snapshot.ts";

/**
 * The digest covers the path and oid of each file and the refused files: with an additional link, the content is
 * different.
 */
export function folderRevision(files: readonly SourceFile[], refused: readonly RefusedFile[]): Revision {
  const hash = createHash("sha256");
  for (const { path, oid } of files) hash.update(`${path}\0${oid}\n`);
  for (const { path, reason } of refused) hash.update(`${path}\0refused ${reason}\n`);
  const revision = parseRevision(`dir@sha256:${hash.digest("hex")}`);
  if (revision === undefined) throw new Error("a SHA-256 is not a revision");
  return revision;
}
