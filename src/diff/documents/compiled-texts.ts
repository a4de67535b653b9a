import { getOrAdd } from "../../model/values/lists.ts";
import { compiledDocumentText } from "../../iam/read/print.ts";
import type { CompiledDocument } from "../../model/desired.ts";

/** The document as it is written to AWS; null if it is empty, since IAM accepts no empty document. */
export function compiledText(document: CompiledDocument): string | null {
  return document.statements.length === 0 ? null : compiledDocumentText(document);
}

/**
 * The texts of the declared documents, made once for each: half of comparing roles that are in sync (npm run bench).
 * Lifetime: the controller's or a command's; a text is dropped with its document, which a new revision replaces.
 */
export class CompiledTexts {
  readonly #texts = new WeakMap<CompiledDocument, string | null>();

  textOf(document: CompiledDocument): string | null {
    return getOrAdd(this.#texts, document, () => compiledText(document));
  }
}
