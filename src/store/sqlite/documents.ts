import { sha256Hex } from "../../model/values/digest.ts";
import type { Documents } from "../rows/documents.ts";
import type { SqliteConnection } from "./connection.ts";

export function documentsOf(db: SqliteConnection): Documents {
  const insert = db.prepare<[string, string]>(
    "INSERT INTO documents (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
  );
  /**
   * The same document often appears several times in a row: in the input of a write, as its `after`, and as the
   * `before` of the next write. To keep the last one saves a twelfth of a verification.
   */
  let last: LastDocument = { hash: "", text: "", quoted: null };
  const select = db.prepare<[string], { readonly text: string }>("SELECT text FROM documents WHERE hash = ?");
  const get = (hash: string): string | undefined => {
    if (hash === last.hash) return last.text;
    const text = select.get(hash)?.text;
    if (text !== undefined) last = { hash, text, quoted: null };
    return text;
  };
  /** A write has the same text in its input, as its `after` and in the journal. */
  let hashed = { text: "", hash: "" };
  const hashOf = (text: string): string => {
    if (text !== hashed.text || text === "") hashed = { text, hash: sha256Hex(text) };
    return hashed.hash;
  };
  return {
    put: (text) => {
      const hash = hashOf(text);
      insert.run(hash, text);
      return hash;
    },
    hash: hashOf,
    get,
    quoted: (hash) => {
      const text = get(hash);
      if (text === undefined) return undefined;
      last.quoted ??= JSON.stringify(text);
      return last.quoted;
    },
  };
}

interface LastDocument {
  readonly hash: string;
  readonly text: string;
  quoted: string | null;
}
