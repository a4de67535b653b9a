import { readFileSync } from "node:fs";
import { join } from "node:path";
import { damagedAnchorLines, parseAnchors } from "../../audit/anchor.ts";
import type { DamagedCopies } from "../../audit/backup.ts";
import { parsePublicKeys, type Checkpoint, type VerificationKey } from "../../audit/checkpoint.ts";
import { verifyLinks, type VerifyReport } from "../../audit/verification/verify.ts";
import { openSqliteAuditReader } from "../sqlite/audit/audit-reader.ts";
import type { RunInThreads } from "../../controller/ports/audit-log.ts";
import { BACKUP_FILES } from "./files.ts";
import { exists } from "../exists.ts";

/** Verifies the entire record in a folder by the keys and copies of checkpoints next to it, and by further copies. */
export async function verifyFolder(
  folder: string,
  inThreads: RunInThreads,
  further: readonly Checkpoint[] = [],
): Promise<VerifyReport> {
  const reader = openSqliteAuditReader(join(folder, BACKUP_FILES.database));
  try {
    return await verifyLinks({
      links: reader.links(inThreads),
      publicKeys: publicKeysOf(folder),
      anchors: [...anchorsOf(folder), ...further],
      extent: "whole",
    });
  } finally {
    reader.close();
  }
}

/** The public keys in a folder; none if it has none that can be read. */
export function publicKeysOf(folder: string): readonly VerificationKey[] {
  const keys = parsePublicKeys(textOf(folder, BACKUP_FILES.publicKeys));
  return keys.kind === "ok" ? keys.value : [];
}

/** The damaged lines among the copies of checkpoints in these folders, which `anchorsOf` skips. */
export function damagedCopiesIn(folders: readonly string[]): readonly DamagedCopies[] {
  return folders
    .map((folder) => ({
      file: join(folder, BACKUP_FILES.anchors),
      lines: damagedAnchorLines(textOf(folder, BACKUP_FILES.anchors)),
    }))
    .filter(({ lines }) => lines.length > 0);
}

export function anchorsOf(folder: string): readonly Checkpoint[] {
  return parseAnchors(textOf(folder, BACKUP_FILES.anchors));
}

/** The number of the last entry of the record in a folder; 0 if it has none. @throws StoreError */
export function lastEntryOf(folder: string): number {
  const path = join(folder, BACKUP_FILES.database);
  if (!exists(path)) return 0;
  const reader = openSqliteAuditReader(path);
  try {
    return reader.lastSeq();
  } finally {
    reader.close();
  }
}

function textOf(folder: string, name: string): string {
  const path = join(folder, name);
  return exists(path) ? readFileSync(path, "utf8") : "";
}
