import { createHash } from "node:crypto";
import { parseRevision } from "../model/revision.ts";
import type { Revision } from "../model/revision.ts";
import type { RefusedFile, SourceFile } from "../model/snapshot.ts";

/** Over path and oid, and over what was refused: a link beside the files is another content. */
export function folderRevision(files: readonly SourceFile[], refused: readonly RefusedFile[]): Revision {
  const hash = createHash("sha256");
  for (const { path, oid } of files) hash.update(`${path}\0${oid}\n`);
  for (const { path, reason } of refused) hash.update(`${path}\0refused ${reason}\n`);
  const revision = parseRevision(`dir@sha256:${hash.digest("hex")}`);
  if (revision === undefined) throw new Error("a SHA-256 is no revision");
  return revision;
}
