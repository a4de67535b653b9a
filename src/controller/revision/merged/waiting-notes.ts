import type { ShownPin, SourcePin } from "../../../model/keys/source-pin.ts";
import { revisionParts, type Revision } from "../../../model/values/revision.ts";
import type { FetchResult } from "../revisions.ts";
import type { SourceIntake } from "../sources/intake-of-source.ts";
import { rollbackWaitText } from "./not-in-force-text.ts";
import { isNoted, noteEvent, replacedNotes, type NoteEvent } from "./notes.ts";

/**
 * For the pull requests of a revision that a rollback keeps out of force, once: to be called before the revision is shown
 * as the waiting one. A revision that also awaits an approval has a note about that.
 */
export async function noteWaiting(fetched: FetchResult, intake: SourceIntake): Promise<void> {
  if (fetched.kind !== "pinned" || fetched.held !== null) return;
  const { pin, newest, commits } = fetched;
  const shown = intake.target.memory.memory.pin;
  if (shown?.waiting === newest || !isNew(newest, pin)) return;
  const before = commits.findIndex(({ id }) => id === revisionParts(pin.from).hash);
  const added = before < 0 ? commits : commits.slice(0, before);
  const note = { revision: newest, commits: added.map(({ id }) => id), isNew: true };
  const alerts = [...replacedWaiting(newest, shown, intake), ...waitingNotes(note, pin, intake)];
  if (alerts.length > 0) await intake.context.ports.recorder.record({ facts: [], change: {}, alerts });
}

/** The same after the end of the rollback was changed. */
export function changedWaitNotes(pin: SourcePin, intake: SourceIntake): readonly NoteEvent[] {
  const { pin: shown, held } = intake.target.memory.memory;
  const revision = shown?.waiting ?? null;
  if (revision === null || held?.revision === revision || !isNew(revision, pin)) return [];
  return waitingNotes({ revision, commits: [], isNew: false }, pin, intake);
}

/** It was not in force before the rollback, nor is it now. */
function isNew(revision: Revision, pin: SourcePin): boolean {
  return revision !== pin.revision && revision !== pin.from;
}

function replacedWaiting(
  newest: Revision,
  shown: ShownPin | null,
  intake: SourceIntake,
): readonly NoteEvent[] {
  const earlier = shown?.waiting ?? null;
  return earlier !== null && shown !== null && isNew(earlier, shown)
    ? replacedNotes(newest, [earlier], intake)
    : [];
}

function waitingNotes(
  note: Pick<NoteEvent, "commits" | "isNew"> & { readonly revision: Revision },
  { revision: to, actor, reason, until }: SourcePin,
  { context, target: { namespace }, record }: SourceIntake,
): readonly NoteEvent[] {
  if (!isNoted(namespace, record, context)) return [];
  const rollback = { to, actor, reason: namespace === null ? reason : null, until };
  const text = rollbackWaitText(note.revision, rollback, context.settings.instance);
  return [noteEvent({ ...note, text, isLast: false }, namespace, context)];
}
