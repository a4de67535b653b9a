import type { AccountId } from "../../../model/aws/ids.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { FollowedKeys, MergedChange } from "../../../model/records/pull-requests/merged-change.ts";
import type { SourceRecord } from "../../../model/records/source-record.ts";
import type { MergedMemory } from "../../state/merged/merged-memory.ts";
import { inSlices } from "../../slices.ts";
import type { AcceptedRevision } from "../accept.ts";
import type { FetchResult } from "../revisions.ts";
import type { Intake } from "../sources/intake-of-source.ts";
import { changedByRevision, type ChangedByRevision } from "./changed.ts";
import { currentText, firstText } from "./note-facts.ts";
import { changeText, rolledBackText } from "./note-text.ts";
import { isNoted, noteEvent, replacedNotes, type NoteEvent } from "./notes.ts";

type New = Extract<FetchResult, { readonly kind: "new" }>;

/** Of more functions, a comment would be no overview. */
const MOST_KEYS = 200;
/** A rollback over more revisions shows nothing in the pull requests of the oldest ones. */
const MOST_CHANGES = 20;
const MOST_ERRORS = 10;

/** What the record has of pull requests after a revision is accepted, and what they are shown. */
export interface MergedAfter {
  readonly merged: Pick<SourceRecord, "merged">;
  readonly alerts: readonly NoteEvent[];
  /** They are in the record. */
  readonly recorded: () => void;
}

/** Before the first accepted revision, and until the record shows that comments were switched on, there are no notes. */
export async function mergedAfter(
  fetched: New,
  compiled: AcceptedRevision,
  intake: Intake,
): Promise<MergedAfter> {
  const { context, target, record } = intake;
  const { namespace } = target;
  const { merged: memory } = context.state;
  const { revision } = fetched.snapshot;
  const after = (merged: readonly MergedChange[], changed: readonly Key[], alerts: readonly NoteEvent[]) => ({
    merged: { merged },
    alerts,
    recorded: () => memory.recorded(namespace, { revision, changes: merged }, changed),
  });
  if (!context.settings.notedSources.has(namespace))
    return { merged: {}, alerts: [], recorded: () => undefined };
  if (!isNoted(namespace, record, context) || record.acceptedRevision === null) return after([], [], []);
  const changed = await changedBy(fetched, compiled, intake);
  if (fetched.pin !== undefined) return after([], changed.keys, rolledBack(fetched, record.merged, intake));
  const earlier = record.merged.map((one) => carried(one, changed, memory));
  const change = changeOf(fetched, record.acceptedRevision, { changed, context });
  const ended = await lastNotes(record.merged, earlier, intake);
  const held = [record.heldRevision?.revision, target.memory.memory.refused];
  const alerts = [
    ...ended,
    ...replacedNotes(revision, held, intake),
    ...firstNote(change, compiled.enforced.compilation, intake),
  ];
  const all = [...earlier, ...(change === null ? [] : [change])].slice(-MOST_CHANGES);
  return after(all, changed.keys, alerts);
}

function changedBy(
  { authors }: New,
  { enforced }: AcceptedRevision,
  { context, target: { namespace }, record, signal }: Intake,
): Promise<ChangedByRevision> {
  const finding = changedByRevision({
    before: context.state.enforced,
    after: enforced,
    namespace,
    files: authors,
    recorded: record?.fileKeys ?? {},
    compile: context.settings.compile,
  });
  return inSlices(finding, context.ports.eventLoop, signal);
}

/** null: the revision changed no function and no policy, and broke no document, so that its pull requests are shown nothing. */
function changeOf(
  { snapshot: { revision }, commits }: New,
  previous: MergedChange["previous"],
  {
    changed: { keys, isExact, errors },
    context,
  }: { readonly changed: ChangedByRevision } & Pick<Intake, "context">,
): MergedChange | null {
  if (keys.length === 0 && errors.length === 0) return null;
  return {
    revision,
    previous,
    acceptedAt: new Date(context.ports.clock.nowMs()).toISOString(),
    commits: commits.map(({ id }) => id),
    keys:
      keys.length > MOST_KEYS
        ? { kind: "too-many", count: keys.length }
        : { kind: "followed", open: keys, done: [], replaced: [] },
    isExact,
    errors: { count: errors.length, shown: errors.slice(0, MOST_ERRORS) },
    isEnded: false,
  };
}

function firstNote(
  change: MergedChange | null,
  { desired }: AcceptedRevision["enforced"]["compilation"],
  { context, target: { namespace } }: Intake,
): readonly NoteEvent[] {
  if (change === null) return [];
  const { revision, commits } = change;
  const nameOf = (id: AccountId): string => desired.accounts.get(id)?.name ?? id;
  const text = firstText(change, nameOf, { context, namespace });
  return [noteEvent({ revision, commits, text, isNew: true, isLast: false }, namespace, context)];
}

/** What a newer revision may declare otherwise is not followed any more. */
function carried(
  change: MergedChange,
  { keys, isExact }: ChangedByRevision,
  memory: MergedMemory,
): MergedChange {
  if (change.isEnded || change.keys.kind === "too-many") return { ...change, isEnded: true };
  const changed = new Set(keys);
  const { open, done, replaced } = change.keys;
  const seen = open.filter((key) => isSeen(key, memory));
  const lost = open.filter((key) => !seen.includes(key) && (changed.has(key) || !isExact));
  const followed: FollowedKeys = {
    kind: "followed",
    open: open.filter((key) => !seen.includes(key) && !lost.includes(key)),
    done: [...done, ...seen].sort(),
    replaced: [...replaced, ...lost].sort(),
  };
  return { ...change, keys: followed, isEnded: followed.open.length === 0 };
}

/** It was as the revision declares it: later drift is no property of the revision. */
function isSeen(key: Key, memory: MergedMemory): boolean {
  return ["applied", "deleted", "changed-since"].includes(memory.outcome(key)?.kind ?? "");
}

/** The notes about revisions that end with the next one. What was all seen keeps its text. */
async function lastNotes(
  before: readonly MergedChange[],
  after: readonly MergedChange[],
  { context, target: { namespace } }: Intake,
): Promise<readonly NoteEvent[]> {
  const notes: NoteEvent[] = [];
  for (const [at, change] of after.entries()) {
    const earlier = before[at];
    if (earlier === undefined || earlier.isEnded || !change.isEnded) continue;
    const { revision, commits, keys } = change;
    const isReplaced = keys.kind === "followed" && keys.replaced.length > 0;
    const seen = isReplaced ? null : await currentText(earlier, namespace, context);
    const facts = { instance: context.settings.instance, acceptedEntry: null, lines: [], others: [] };
    const text = seen ?? changeText(change, facts);
    notes.push(noteEvent({ revision, commits, text, isNew: false, isLast: true }, namespace, context));
  }
  return notes;
}

/** The revisions that are newer than the one that is in force now. */
function rolledBack(
  { pin }: New,
  merged: readonly MergedChange[],
  { context, target: { namespace } }: Intake,
): readonly NoteEvent[] {
  if (pin === undefined) return [];
  const { revision: to, actor, reason, until } = pin;
  const newer = merged.slice(merged.findIndex(({ revision }) => revision === to) + 1);
  return newer.flatMap(({ revision, commits }) => {
    const text = rolledBackText(revision, { to, actor, reason, until }, context.settings.instance);
    const note = { revision, commits, text, onlyUpdates: true } as const;
    return [
      // The notes of a revision that is completely applied may have ended: they begin again, for the last one.
      noteEvent({ ...note, isNew: true, isLast: false }, namespace, context),
      noteEvent({ ...note, isNew: false, isLast: true }, namespace, context),
    ];
  });
}
