import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import { byTextOf } from "../../text/order.ts";
import { namespaceOfPath, type Paths } from "../../manifest/folder-owner.ts";
import type { AlertEvent, RefusedFileText } from "../../model/alert-event.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { formatIncident } from "../../model/records/incident.ts";

/** The message for each refused file. Entries with only a warning are left out: they cannot be manifests. */
export function refusedTexts(files: readonly ParsedFile[]): readonly RefusedFileText[] {
  return files.flatMap(({ path, diagnostics }) => {
    const error = diagnostics.find(({ severity }) => severity === "error");
    return error === undefined ? [] : [{ path, reason: error.message, fix: error.fix }];
  });
}

/**
 * One incident for each team: it opens with the first refused file, is updated with each further one, and closes when
 * there is none. The record has the alerted files, so that a restart repeats no alert.
 */
export function refusedFileAlerts(
  now: readonly RefusedFileText[],
  before: SourceRecord["refusedFiles"],
  paths: Paths,
): readonly AlertEvent[] {
  const known = new Set(before);
  const team = (path: string): Namespace | null => namespaceOfPath(path, paths);
  const open = Map.groupBy(now, ({ path }) => team(path));
  const closed = [...new Set([...known].map(team))].filter((namespace) => !open.has(namespace));
  const alerts = [
    ...[...open]
      .filter(([, files]) => files.some(({ path }) => !known.has(path)))
      .map(([namespace, files]) => ({ kind: "files-refused", ...incidentOf(namespace), files }) as const),
    ...closed.map((namespace) => ({ kind: "files-read", ...incidentOf(namespace) }) as const),
  ];
  return alerts.toSorted(byTextOf(({ incident }) => incident));
}

function incidentOf(namespace: Namespace | null): {
  readonly incident: string;
  readonly namespace: Namespace | null;
} {
  return { incident: formatIncident({ kind: "files", namespace }), namespace };
}
