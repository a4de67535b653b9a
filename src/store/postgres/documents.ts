import type { Documents } from "../rows/documents.ts";
import type { Database } from "./database.ts";
import { sha256Hex } from "../../model/values/digest.ts";

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

/** Documents that are sent to a database, or were read from it, together: by hash. */
export class CollectedDocuments implements Pick<Documents, "put" | "hash" | "get"> {
  readonly texts = new Map<string, string>();

  readonly hash = (text: string): string => sha256Hex(text);

  readonly put = (text: string): string => {
    const hash = sha256Hex(text);
    this.texts.set(hash, text);
    return hash;
  };

  readonly get = (hash: string): string | undefined => this.texts.get(hash);
}
