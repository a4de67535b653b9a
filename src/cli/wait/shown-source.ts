import type { OverviewObject, SourceStatus } from "../../api/overview.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";

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
