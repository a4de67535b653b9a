import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import { originOfKey } from "../../../text/located/located.ts";
import type { FunctionPermission } from "../../parse/parsed.ts";

/**
 * One document of a kilobyte can name a hundred accounts and thirty regions, and each binding takes some kilobytes of
 * memory. The memory of a push is limited for each team, so that one team cannot use up the share of another, and for
 * all teams together.
 */
export const MAX_BINDINGS = { ofNamespace: 10_000, ofRevision: 50_000 } as const;

/** Counts the bindings of a revision, in the order of its documents. */
export class BindingQuota {
  readonly #byNamespace = new Map<Namespace, number>();
  #all = 0;

  /** Counts the bindings of a document, all or none. @returns why they do not fit, or null */
  take(document: FunctionPermission, namespace: Namespace, bindings: number): Diagnostic | null {
    const before = this.#byNamespace.get(namespace) ?? 0;
    const ofNamespace = before + bindings;
    const ofRevision = this.#all + bindings;
    const reported = (message: string): Diagnostic => {
      const origin = originOfKey(document, ["spec", "targets"]);
      return errorAt(origin, "too-many-bindings", { message, fix: "name fewer accounts and regions" });
    };
    if (ofNamespace > MAX_BINDINGS.ofNamespace)
      return reported(
        `namespace ${namespace} has more than ${MAX_BINDINGS.ofNamespace} bindings with this document`,
      );
    if (ofRevision > MAX_BINDINGS.ofRevision)
      return reported(`the revision has more than ${MAX_BINDINGS.ofRevision} bindings with this document`);
    this.#byNamespace.set(namespace, ofNamespace);
    this.#all = ofRevision;
    return null;
  }
}
