import type { ReconciliationObject } from "../../api/commands.ts";
import type { SourceStatus, OverviewObject } from "../../api/overview.ts";
import type { BindingResult } from "./binding-result.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";

/** The moment of a look. */
export interface LookTime {
  readonly nowMs: number;
  /** When the wait is over. */
  readonly endMs: number;
}

/** A document that is not valid, or a file whose documents are unknown, without a binding that shows it. */
export interface BrokenDocument {
  /** `orders/orders-api`, or the path of the file. */
  readonly target: string;
  readonly text: string;
}

/** The state of the bindings that a command waits for, at one moment. */
export interface Look {
  readonly reconciliation: ReconciliationObject["status"];
  readonly results: readonly BindingResult[];
  /** At the end, if the command waits for everything. */
  readonly broken: readonly BrokenDocument[];
  readonly source: SourceStatus;
  /** By account id. */
  readonly accounts: ReadonlyMap<string, string>;
}

export type LookAt = (time: LookTime) => Promise<Look>;

/**
 * The source that a wait shows: the first one with a failure, or with a revision that is not accepted, of those that
 * decide about the keys. The platform source decides about every key.
 * @param keys null: all
 */
export function shownSource(
  { source, namespaceSources = [] }: Pick<OverviewObject["status"], "source" | "namespaceSources">,
  keys: readonly Key[] | null,
): SourceStatus {
  const named = new Set<string>(keys?.map((key) => keyParts(key).namespace));
  const own = namespaceSources.filter(({ namespace }) => keys === null || named.has(namespace));
  const deciding = [source, ...own];
  return (
    deciding.find(({ failure }) => failure !== null) ?? deciding.find(({ held }) => held !== null) ?? source
  );
}
