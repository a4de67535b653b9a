import { PLATFORM } from "../../../model/aws/ids.ts";
import type { Tenancy } from "../../../model/rules/team.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { mayHoldPlatform, type Paths } from "../../folder-owner.ts";
import type { PlacedDocuments } from "../placed-documents.ts";

/** Whether an earlier revision of the source had a Team; `unknown` without a record of one. */
export type EarlierTenancy = "open" | "closed" | "unknown";

/**
 * With one Team, tenancy is closed. Without any it is open only if nothing of the platform could hide one: a syntax error
 * in the file of the Teams, or a Team with the `kind` of another document, must not open every namespace. A platform
 * that had no Team before has none to hide.
 */
export function tenancyOf(
  hasTeams: boolean,
  world: PlacedDocuments,
  { earlierTenancy, ...paths }: Paths & { readonly earlierTenancy: EarlierTenancy },
): Tenancy {
  if (hasTeams) return { kind: "closed" };
  if (earlierTenancy === "open") return { kind: "open" };
  const document = world.invalid.find(({ namespace }) => namespace === PLATFORM);
  if (document !== undefined) return { kind: "unknown", origin: originOfValue(document.document, []) };
  const [file] = [...world.brokenFiles].filter((path) => mayHoldPlatform(path, paths)).sort();
  if (file !== undefined) return { kind: "unknown", origin: { file, line: 1, column: 1, path: "" } };
  return { kind: "open" };
}
