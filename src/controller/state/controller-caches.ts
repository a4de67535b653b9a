import { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import { DeclarationDigests } from "../../diff/drift/declaration-digests.ts";
import { RoleChecks } from "../../guard/context/role-checks.ts";
import { DocumentCache } from "../../iam/compare/document-cache.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";

/**
 * Results that follow from their inputs, so that passes and revisions do not compute them again: with an empty one, every
 * answer is the same. Lifetime: the process. The composition root creates one and hands it to the controller.
 */
export class ControllerCaches {
  /** Parsed policy documents; bounded. */
  readonly documents = new DocumentCache();
  /** Of the declared documents; dropped with them. */
  readonly texts = new CompiledTexts();
  /** Of the declared states; dropped with them. */
  readonly declarations = new DeclarationDigests();
  readonly roleChecks = new RoleChecks(this.texts);
  /** The parsed files that the store has for the next process: they are not written again. */
  readonly storedFiles = new WeakSet<ParsedFile>();
}
