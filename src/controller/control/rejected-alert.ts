import type { AlertEvent } from "../../model/alert-event.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { keyParts } from "../../model/keys/key.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { parseRevision, shortRevision } from "../../model/values/revision.ts";
import type { ControllerPorts } from "../settings.ts";

/** The end of the incident of a pending plan or revision that an operator rejects. */
export function rejectedAlerts(
  { subject, account, keys }: Hold,
  { source, namespaceSources }: Pick<ControllerPorts, "source" | "namespaceSources">,
): readonly AlertEvent[] {
  const [first] = keys;
  if (account !== null && first !== undefined) {
    const incident = `hold/${keyParts(first).accountId}/${subject}`;
    return [{ kind: "hold-ended", incident, account, subject, how: "rejected" }];
  }
  const namespace = prefixOf(subject);
  const sources = [{ source, namespace: null }, ...namespaceSources];
  const target = sources.find((one) => one.namespace === namespace);
  const revision = parseRevision(subject);
  if (target === undefined || revision === undefined) return [];
  const { name } = target.source;
  const how = "rejected";
  return [{ kind: "revision-decided", source: name, namespace, revision: shortRevision(revision), how }];
}
