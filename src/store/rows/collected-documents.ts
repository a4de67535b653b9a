import { sha256Hex } from "../../model/values/digest.ts";
import type { Documents } from "./documents.ts";

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
