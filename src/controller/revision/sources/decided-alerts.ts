import type { AlertEvent } from "../../../model/alert-event.ts";
import { shortRevision, type Revision } from "../../../model/values/revision.ts";
import type { SourceRecord } from "../../../model/records/source-record.ts";
import { formerNamespace } from "./known-sources.ts";
import type { Intake } from "./intake-of-source.ts";

/** The end of the incident of a held revision, now that the source is at this accepted one; none without a held revision. */
export function decidedAlerts(
  accepted: Revision,
  { target: { source, namespace }, record }: Pick<Intake, "target" | "record">,
): readonly AlertEvent[] {
  const held = record?.heldRevision?.revision;
  if (held === undefined) return [];
  const how = held === accepted ? "accepted" : "superseded";
  return [{ kind: "revision-decided", source: source.name, namespace, revision: shortRevision(held), how }];
}

/** The end of the incidents of sources that are no longer in the configuration. */
export function formerSourceAlerts(former: readonly SourceRecord[]): readonly AlertEvent[] {
  return former.flatMap((record): readonly AlertEvent[] => {
    const { source, heldRevision: held } = record;
    const about = { source, namespace: formerNamespace(record) };
    const recovered = { kind: "source-recovered", ...about } as const;
    if (held === null) return [recovered];
    const revision = shortRevision(held.revision);
    return [recovered, { kind: "revision-decided", ...about, revision, how: "superseded" }];
  });
}
