import type { ReplicaCounts } from "../api/replicas.ts";
import { counted, timeText } from "../text/phrases.ts";

/** `1 active, 2 standbys`; null: the record has one process, or the token may not see its replicas. */
export function replicaText(counts: ReplicaCounts | undefined): string | null {
  if (counts === undefined) return null;
  const { readAt, active, standby, lost } = counts;
  const gone = lost === 0 ? "" : `, ${lost} lost`;
  return `${active} active, ${counted(standby, "standby")}${gone}, read ${timeText(readAt)}`;
}
