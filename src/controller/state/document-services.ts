import { documentText } from "../../iam/read/print.ts";
import { servicesUsed } from "../../iam/read/services.ts";
import type { CompiledDocument } from "../../model/desired.ts";

/**
 * The services that documents name, each document read once: a compiled document is the same object until its manifest
 * changes, and is forgotten with it.
 */
export class DocumentServices {
  readonly #known = new WeakMap<CompiledDocument, readonly string[]>();

  servicesOf(document: CompiledDocument): readonly string[] {
    const known = this.#known.get(document);
    if (known !== undefined) return known;
    const text = documentText(document.statements.map(({ statement }) => statement));
    const services = servicesUsed([text]);
    this.#known.set(document, services);
    return services;
  }
}
