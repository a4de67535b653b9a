import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";

/**
 * The canonical texts of documents, each made once: a document is the same object until its file changes. A text is
 * forgotten with its document.
 */
export class ManifestTexts {
  readonly #known = new WeakMap<object, string>();

  textOf(document: Json): string {
    if (typeof document !== "object" || document === null) return canonicalText(document);
    const known = this.#known.get(document) ?? canonicalText(document);
    this.#known.set(document, known);
    return known;
  }
}
