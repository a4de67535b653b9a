import type { SourceRecord } from "../../model/records/source-record.ts";
import type { ProjectSettings } from "./project.ts";

/** What the accepted revision had, and what a document that can't be read may still hold. */
export function knownOf(
  accepted: SourceRecord | null,
): Pick<ProjectSettings, "knownProfiles" | "knownWindows"> {
  return { knownProfiles: accepted?.profiles, knownWindows: accepted?.windows };
}
