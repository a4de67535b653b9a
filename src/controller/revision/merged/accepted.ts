import type { AccountId } from "../../../model/aws/ids.ts";
import type { Key } from "../../../model/keys/key.ts";
import type {
  FollowedKeys,
  MergedChange,
  UnfollowedKeys,
} from "../../../model/records/pull-requests/merged-change.ts";
import type { SourceRecord } from "../../../model/records/source-record.ts";
import type { Revision } from "../../../model/values/revision.ts";
import type { MergedMemory } from "../../state/merged/merged-memory.ts";
import { inSlices } from "../../slices.ts";
import type { AcceptedRevision } from "../accept.ts";
import type { FetchResult } from "../revisions.ts";
import type { Intake } from "../sources/intake-of-source.ts";
import { changedByRevision, isOfSource, type ChangedByRevision } from "./changed.ts";
import { currentText, firstText } from "./note-facts.ts";
import { rolledBackNote } from "./not-in-force-text.ts";
import { changeText } from "./note-text.ts";
import { isNoted, noteEvent, replacedNotes, type NoteEvent } from "./notes.ts";

type New = Extract<FetchResult, { readonly kind: "new" }>;

/** Of more functions, a comment with the state of each would be no overview: it has their names. */
const MOST_KEYS = 200;
/** More names do not fit into a comment. */
const MOST_NAMED = 700;
/** A rollback over more revisions shows nothing in the pull requests of the oldest ones. */
const MOST_CHANGES = 20;
/** Of revisions that changed nothing: a rollback to an older one of them is shown nowhere. */
const MOST_UNCHANGED = 100;
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
  if (fetched.pin !== undefined) {
    const [kept, newer] = partedAt(fetched.pin.revision, record.merged);
    return after(kept, changed.keys, rolledBack(fetched.pin, newer, intake));
  }
  const earlier = record.merged.map((one) => carried(one, changed, memory));
  const change = changeOf(fetched, record.acceptedRevision, { changed, compiled, intake });
  const ended = await lastNotes(record.merged, earlier, intake);
  const held = [record.heldRevision?.revision, target.memory.memory.refused];
  const alerts = [
    ...ended,
    ...replacedNotes(revision, held, intake),
    ...firstNote(change, compiled.enforced.compilation, intake),
  ];
  return after(remembered([...earlier, change]), changed.keys, alerts);
}

/** One that changed nothing keeps its place in the order: a rollback may be to it. */
function remembered(all: readonly MergedChange[]): readonly MergedChange[] {
  const newest = new Set([
    ...all.filter(isShown).slice(-MOST_CHANGES),
    ...all.filter((one) => !isShown(one)).slice(-MOST_UNCHANGED),
  ]);
  return all.filter((one) => newest.has(one));
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

/** False: the revision changed no function and no policy, and broke no document, so that its pull requests are shown nothing. */
function isShown({ keys, errors }: MergedChange): boolean {
  if (keys.kind === "too-many" || errors.count > 0) return true;
  return keys.open.length + keys.done.length + keys.replaced.length > 0;
}

function changeOf(
  { snapshot: { revision }, commits }: New,
  previous: MergedChange["previous"],
  {
    changed: { keys, isExact, added, errors },
    compiled,
    intake: { context, target },
  }: {
    readonly changed: ChangedByRevision;
    readonly compiled: AcceptedRevision;
    readonly intake: Pick<Intake, "context" | "target">;
  },
): MergedChange {
  const isUnchanged = keys.length === 0 && errors.length === 0;
  return {
    revision,
    previous,
    ...(target.namespace !== null && { platformRevision: compiled.enforced.revision }),
    acceptedAt: new Date(context.ports.clock.nowMs()).toISOString(),
    commits: isUnchanged ? [] : commits.map(({ id }) => id),
    keys:
      keys.length > MOST_KEYS
        ? { kind: "too-many", count: keys.length, own: ownOf(keys, { context, target }) }
        : { kind: "followed", open: keys, done: [], replaced: [] },
    isExact,
    ...(added.length > 0 && { added: added.slice(0, MOST_KEYS) }),
    errors: { count: errors.length, shown: errors.slice(0, MOST_ERRORS) },
    isEnded: isUnchanged,
  };
}

function ownOf(
  keys: readonly Key[],
  { context, target }: Pick<Intake, "context" | "target">,
): NonNullable<UnfollowedKeys["own"]> {
  const own = keys.filter((key) => isOfSource(key, target.namespace, context.settings.compile));
  return { count: own.length, named: own.slice(0, MOST_NAMED) };
}

function firstNote(
  change: MergedChange,
  { desired }: AcceptedRevision["enforced"]["compilation"],
  { context, target: { namespace } }: Intake,
): readonly NoteEvent[] {
  if (!isShown(change)) return [];
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
    const { instance } = context.settings;
    const isOfNamespace = namespace !== null;
    const facts = { instance, isOfNamespace, acceptedEntry: null, lines: [], others: [] };
    const text = seen ?? changeText(change, facts);
    notes.push(noteEvent({ revision, commits, text, isNew: false, isLast: true }, namespace, context));
  }
  return notes;
}

/**
 * The revisions up to the one that is in force now, and the newer ones. None of both if it has no place among them: which of
 * them are newer is then not known.
 */
function partedAt(
  to: Revision,
  merged: readonly MergedChange[],
): readonly [kept: readonly MergedChange[], newer: readonly MergedChange[]] {
  const before = merged.findLastIndex(({ previous }) => previous === to);
  const at = Math.max(before, merged.findLastIndex(({ revision }) => revision === to) + 1);
  const isPlaced = merged.some(({ revision, previous }) => revision === to || previous === to);
  return isPlaced ? [merged.slice(0, at), merged.slice(at)] : [[], []];
}

/** For the pull requests of the revisions that are newer than the one that is in force now. */
function rolledBack(
  { revision: to, actor, reason, until }: NonNullable<New["pin"]>,
  newer: readonly MergedChange[],
  { context, target: { namespace } }: Intake,
): readonly NoteEvent[] {
  return newer.filter(isShown).flatMap(({ revision, commits }) => {
    const shown = { to, actor, reason: namespace === null ? reason : null, until };
    const text = rolledBackNote(revision, shown, context.settings.instance);
    const note = { revision, commits, text, onlyUpdates: true } as const;
    return [
      // The notes of a revision that is completely applied may have ended: they begin again, for the last one.
      noteEvent({ ...note, isNew: true, isLast: false }, namespace, context),
      noteEvent({ ...note, isNew: false, isLast: true }, namespace, context),
    ];
  });
}
