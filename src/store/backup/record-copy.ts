import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAnchors } from "../../audit/anchor.ts";
import { parsePublicKeys, type Checkpoint } from "../../audit/checkpoint.ts";
import { verifyLinks, type VerifyReport } from "../../audit/verification/verify.ts";
import { openAuditReader } from "../sqlite/audit/audit-reader.ts";
import type { RunInThreads } from "../sqlite/audit/links.ts";
import { BACKUP_FILES } from "./files.ts";

/** Verifies the whole record in a folder by the keys and copies of checkpoints next to it, and by further copies. */
export async function verifyFolder(
  folder: string,
  inThreads: RunInThreads,
  further: readonly Checkpoint[] = [],
): Promise<VerifyReport> {
  const keys = parsePublicKeys(textOf(folder, BACKUP_FILES.publicKeys));
  const reader = openAuditReader(join(folder, BACKUP_FILES.database));
  try {
    return await verifyLinks({
      links: reader.links(inThreads),
      publicKeys: keys.kind === "ok" ? keys.value : [],
      anchors: [...anchorsOf(folder), ...further],
      extent: "whole",
    });
  } finally {
    reader.close();
  }
}

export function anchorsOf(folder: string): readonly Checkpoint[] {
  return parseAnchors(textOf(folder, BACKUP_FILES.anchors));
}

/** The number of the last entry of the record in a folder; 0 if it has none. @throws StoreError */
export function lastEntryOf(folder: string): number {
  const path = join(folder, BACKUP_FILES.database);
  if (!existsSync(path)) return 0;
  const reader = openAuditReader(path);
  try {
    return reader.lastSeq();
  } finally {
    reader.close();
  }
}

function textOf(folder: string, name: string): string {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
