import { sha256Hex } from "../../model/digest.ts";
import type { Connection } from "./connection.ts";

/** Texts kept once, by the SHA-256 of their UTF-8 bytes. */
export interface Documents {
  /** Inside the caller's transaction. */
  readonly put: (text: string) => string;
  /** undefined when there is none of that hash. */
  readonly get: (hash: string) => string | undefined;
}

export function documentsOf(db: Connection): Documents {
  const insert = db.prepare<[string, string]>(
    "INSERT INTO documents (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
  );
  /** A document comes several times in a row: in the input of a write, as what it sets, as what the next one changes. */
  let last = { hash: "", text: "" };
  const select = db.prepare<[string], { readonly text: string }>("SELECT text FROM documents WHERE hash = ?");
  return {
    put: (text) => {
      const hash = sha256Hex(text);
      insert.run(hash, text);
      return hash;
    },
    get: (hash) => {
      if (hash === last.hash) return last.text;
      const text = select.get(hash)?.text;
      if (text !== undefined) last = { hash, text };
      return text;
    },
  };
}
