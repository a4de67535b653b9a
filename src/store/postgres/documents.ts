import { CollectedDocuments } from "../rows/collected-documents.ts";
import type { Documents } from "../rows/documents.ts";
import type { Database } from "./database.ts";

/** Those of these documents that the database has. */
export async function documentsNamed(
  database: Database,
  hashes: readonly string[],
): Promise<Pick<Documents, "get">> {
  const documents = new CollectedDocuments();
  if (hashes.length === 0) return documents;
  const sql = "SELECT hash, text FROM documents WHERE hash = ANY ($1)";
  const rows = await database.read<{ readonly hash: string; readonly text: Buffer }>("read documents", sql, [
    [...new Set(hashes)],
  ]);
  for (const { hash, text } of rows) documents.texts.set(hash, text.toString());
  return documents;
}
