import type { AlertEvent } from "../../../model/alert-event.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import { formatIncident } from "../../../model/records/incident.ts";
import type { PullRequestNote } from "../../../model/records/pull-requests/note.ts";
import type { SourceRecord } from "../../../model/records/source-record.ts";
import type { Commit } from "../../../model/snapshot.ts";
import { revisionParts, type Revision } from "../../../model/values/revision.ts";
import type { ControllerContext } from "../../settings.ts";
import { knownSourceOf } from "../sources/known-sources.ts";
import type { NamedAuthors } from "./approver.ts";
import { notAcceptedText, replacedByText } from "./not-in-force-text.ts";

export type NoteEvent = Extract<AlertEvent, { readonly kind: "pull-request-note" }>;

interface Note extends Omit<PullRequestNote, "commit"> {
  readonly revision: Revision;
  readonly isNew: boolean;
  readonly isLast: boolean;
}

export function noteEvent(
  { revision, ...note }: Note,
  namespace: Namespace | null,
  context: ControllerContext,
): NoteEvent {
  const source = knownSourceOf(namespace, context).source.name;
  const { hash: commit } = revisionParts(revision);
  const incident = formatIncident({ kind: "pull-requests", source, commit });
  return { kind: "pull-request-note", incident, source, commit, ...note };
}

/** Pull requests are noted since a fetch before this one: those that were merged earlier get no comment. */
export function isNoted(
  namespace: Namespace | null,
  record: SourceRecord | null,
  { settings }: Pick<ControllerContext, "settings">,
): record is SourceRecord & Required<Pick<SourceRecord, "merged">> {
  return settings.notedSources.has(namespace) && record?.merged !== undefined;
}

interface NotAccepted {
  readonly title: "awaiting approval" | "refused";
  readonly revision: Revision;
  readonly reason: string;
  readonly commits: readonly Commit[];
  /** Of a held revision; none may approve it. */
  readonly authors: NamedAuthors;
}

export function notAcceptedNotes(
  { title, commits, ...facts }: NotAccepted,
  { context, target: { namespace }, record }: NotedIntake,
): readonly NoteEvent[] {
  if (!isNoted(namespace, record, context)) return [];
  const { instance } = context.settings;
  const note = {
    revision: facts.revision,
    commits: commits.map(({ id }) => id),
    text: notAcceptedText(title, {
      revision: facts.revision,
      reason: namespace === null ? facts.reason : null,
      instance,
      authors: facts.authors,
    }),
  };
  return [noteEvent({ ...note, isNew: true, isLast: false }, namespace, context)];
}

/** Revisions that were held or refused are never accepted any more. @param by the newer revision */
export function replacedNotes(
  by: Revision,
  earlier: readonly (Revision | null | undefined)[],
  { context, target: { namespace }, record }: NotedIntake,
): readonly NoteEvent[] {
  if (!isNoted(namespace, record, context)) return [];
  const others = [...new Set(earlier)].flatMap((one) => (one === by ? [] : (one ?? [])));
  return others.map((revision) => {
    const text = replacedByText(revision, by, context.settings.instance);
    return noteEvent({ revision, commits: [], text, isNew: false, isLast: true }, namespace, context);
  });
}

/** The parts of an intake that a note needs. */
interface NotedIntake {
  readonly context: ControllerContext;
  readonly target: { readonly namespace: Namespace | null };
  readonly record: SourceRecord | null;
}
