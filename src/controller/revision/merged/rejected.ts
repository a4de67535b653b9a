import type { AlertEvent } from "../../../model/alert-event.ts";
import type { Hold } from "../../../model/answers/hold.ts";
import { formatIncident } from "../../../model/records/incident.ts";
import { accountIdOf } from "../../../model/keys/key.ts";
import { prefixOf } from "../../../model/keys/source-prefix.ts";
import { parseRevision, revisionParts, shortRevision } from "../../../model/values/revision.ts";
import type { ControllerPorts, ControllerSettings } from "../../settings.ts";
import { rejectedText } from "./not-in-force-text.ts";
import type { NoteEvent } from "./notes.ts";

type Parts = Pick<ControllerPorts, "source" | "namespaceSources"> & Pick<ControllerSettings, "instance">;

/** For the pull requests of a held revision; none if they are shown nothing of it, or if a plan was held. */
export function rejectedNotes(
  { subject, commits = [] }: Hold,
  { source, namespaceSources, instance }: Parts,
  answer: { readonly actor: string; readonly reason: string },
): readonly NoteEvent[] {
  const revision = parseRevision(subject);
  const namespace = prefixOf(subject);
  const sources = [{ source, namespace: null }, ...namespaceSources];
  const name = sources.find((one) => one.namespace === namespace)?.source.name;
  if (revision === undefined || name === undefined) return [];
  const { hash: commit } = revisionParts(revision);
  const shown = namespace === null ? answer : { ...answer, reason: null };
  const text = rejectedText(revision, shown, instance);
  const note = { commit, commits: commits.map(({ id }) => id), text, isNew: false, isLast: false };
  const incident = formatIncident({ kind: "pull-requests", source: name, commit });
  return [{ kind: "pull-request-note", incident, source: name, ...note }];
}

/** The end of the incident of a pending plan or revision that an operator rejects. */
export function rejectedAlerts(
  { subject, account, keys }: Hold,
  { source, namespaceSources }: Pick<ControllerPorts, "source" | "namespaceSources">,
): readonly AlertEvent[] {
  const [first] = keys;
  if (account !== null && first !== undefined) {
    const incident = `hold/${accountIdOf(first)}/${subject}`;
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
