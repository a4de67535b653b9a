import type { AuditFact } from "../../../audit/entry.ts";
import type { AccountId, Namespace } from "../../../model/aws/ids.ts";
import { holdsOfPlans, type Hold } from "../../../model/answers/hold.ts";
import { accountIdOf, targetText, type Key } from "../../../model/keys/key.ts";
import type { MergedChange } from "../../../model/records/pull-requests/merged-change.ts";
import type { ControllerContext } from "../../settings.ts";
import type { ControllerState } from "../../state/controller-state.ts";
import type { UncountedReview } from "../../state/merged/review-answers.ts";
import type { NotedOutcome, OutcomeKind } from "../../state/merged/merged-memory.ts";
import { isForbidden } from "../../team-routes.ts";
import { approvalStep } from "./approver.ts";
import { isOfSource } from "./changed.ts";
import { changeText, type NoteLine } from "./note-text.ts";

/** Of an account, for people. */
type NameOf = (accountId: AccountId) => string;

/** The text of a note without outcomes: of the first one, or of more functions than are followed. */
export function firstText(
  change: MergedChange,
  nameOf: NameOf,
  {
    context,
    namespace,
    acceptedEntry = null,
  }: Pick<NoteContext, "context" | "namespace"> & Partial<Pick<NoteContext, "acceptedEntry">>,
): string {
  const { keys } = change;
  const open = keys.kind === "followed" ? keys.open : (keys.own?.named ?? []);
  const { compile, instance } = context.settings;
  const [own, others] = parted(open, (key) => isOfSource(key, namespace, compile));
  return changeText(change, {
    instance,
    isOfNamespace: namespace !== null,
    acceptedEntry,
    lines: own.map((key) => ({ ...lineStart(key, "applying", nameOf), ...NOTHING_MORE })),
    others: others.map(() => "applying"),
  });
}

const NOTHING_MORE = {
  why: null,
  approve: null,
  isAskedElsewhere: false,
  review: null,
  entries: [],
  reverted: [],
} as const;

function lineStart(key: Key, kind: OutcomeKind, nameOf: NameOf): Pick<NoteLine, "target" | "kind"> {
  return { target: targetText({ key, account: nameOf(accountIdOf(key)) }), kind };
}

/** The text by what passes found; null: something that it changed was not compared with it yet. */
export async function currentText(
  change: MergedChange,
  namespace: Namespace | null,
  context: ControllerContext,
): Promise<string | null> {
  const { settings, state } = context;
  const acceptedEntry = await entryOfRevision(change, context);
  const nameOf: NameOf = (id) => state.enforced?.accounts.get(id)?.name ?? id;
  if (change.keys.kind === "too-many")
    return firstText(change, nameOf, { context, namespace, acceptedEntry });
  const { open } = change.keys;
  const found = open.map((key) => ({ key, outcome: state.merged.outcome(key) }));
  const known = found.flatMap(({ key, outcome }) => (outcome === undefined ? [] : [{ key, outcome }]));
  if (known.length < found.length) return null;
  const [own, others] = parted(known, ({ key }) => isOfSource(key, namespace, settings.compile));
  const lines: NoteLine[] = [];
  for (const { key, outcome } of own)
    lines.push(await lineOf(key, outcome, { acceptedEntry, namespace, context }));
  const { instance } = settings;
  return changeText(change, {
    instance,
    isOfNamespace: namespace !== null,
    acceptedEntry,
    lines,
    others: others.map(({ outcome }) => outcome.kind),
  });
}

function parted<One>(
  all: readonly One[],
  isFirst: (one: One) => boolean,
): readonly [readonly One[], readonly One[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** The newest entries of accepted revisions that are searched for one. */
const SEARCHED_REVISIONS = 200;

async function entryOfRevision(
  { revision, acceptedAt }: MergedChange,
  { ports }: ControllerContext,
): Promise<number | null> {
  const range = { kind: "revision-accepted", newestFirst: true, limit: SEARCHED_REVISIONS } as const;
  for await (const entry of ports.audit.entries(range)) {
    // It may have been accepted before, too.
    if (entry.kind === "revision-accepted" && entry.revision === revision) return entry.seq;
    if (Date.parse(entry.at) < Date.parse(acceptedAt) - CLOCKS_MS) return null;
  }
  return null;
}

/** The clock of a database and that of this process may differ. */
const CLOCKS_MS = 3_600_000;

interface NoteContext {
  readonly acceptedEntry: number | null;
  readonly namespace: Namespace | null;
  readonly context: ControllerContext;
}

async function lineOf(
  key: Key,
  { kind, why }: NotedOutcome,
  { acceptedEntry, namespace, context }: NoteContext,
): Promise<NoteLine> {
  const { state } = context;
  const { enforced } = state;
  // A repository of one namespace sees nothing that was read of a function that its Team does not allow.
  const isHidden =
    namespace !== null && enforced !== null && isForbidden(key, enforced.compilation.desired, state);
  const hold = kind === "held" ? awaitedHold(key, state) : undefined;
  const entries =
    acceptedEntry === null ? NO_ENTRIES : await entriesSince(acceptedEntry, key, { kind, context });
  return {
    ...lineStart(key, kind, (id) => enforced?.accounts.get(id)?.name ?? id),
    // A reason may name functions, files and groups of others.
    why: namespace === null ? why : null,
    approve: hold === undefined || isHidden ? null : approvalStep(hold, namespace),
    isAskedElsewhere: isHidden && hold !== undefined,
    review: hold === undefined || isHidden ? null : reviewText(state.reviews.of(hold.subject), namespace),
    ...entries,
  };
}

/** The pending approval of its plan. */
export function awaitedHold(key: Key, state: Pick<ControllerState, "account">): Hold | undefined {
  const { holds } = state.account(accountIdOf(key));
  return holdsOfPlans(holds).find(({ keys }) => keys.includes(key));
}

/** The text about a review may name people, groups and tokens of the platform. */
const REVIEWS_FOR_TEAMS: Readonly<Record<UncountedReview["kind"], string>> = {
  unread: "the reviews of the pull request cannot be read now; see grantkeeper describe",
  awaited: "no listed reviewer has approved the newest commit of the pull request",
  none: "no review of the pull request counts; see grantkeeper describe",
};

function reviewText(answer: UncountedReview | null, namespace: Namespace | null): string | null {
  if (answer === null) return null;
  return namespace === null ? answer.text : REVIEWS_FOR_TEAMS[answer.kind];
}

const NO_ENTRIES = { entries: [], reverted: [] } as const;

/** The entry that shows why an outcome is what it is. */
const ENTRY_OF: Readonly<Partial<Record<OutcomeKind, AuditFact["kind"]>>> = {
  applied: "write-finished",
  deleted: "write-finished",
  held: "plan-held",
  refused: "plan-refused",
};

const MADE: ReadonlySet<string> = new Set(["applied", "found-applied"]);

const SEARCHED_ENTRIES = 50;
const MOST_REVERTS = 3;

/** In the order of the record. */
async function entriesSince(
  fromSeq: number,
  key: Key,
  { kind, context: { ports } }: { readonly kind: OutcomeKind; readonly context: ControllerContext },
): Promise<Pick<NoteLine, "entries" | "reverted">> {
  const wanted = ENTRY_OF[kind];
  const kinds = [...(wanted === undefined ? [] : [wanted]), "drift-ended" as const];
  const entries: number[] = [];
  const reverted: number[] = [];
  const range = { fromSeq, key, kinds, newestFirst: true, limit: SEARCHED_ENTRIES };
  for await (const entry of ports.audit.entries(range)) {
    if (entry.kind === "drift-ended" && entry.how === "reverted") reverted.unshift(entry.seq);
    const isMade = entry.kind !== "write-finished" || MADE.has(entry.outcome);
    if (entry.kind === wanted && isMade && entries.length === 0) entries.push(entry.seq);
  }
  return { entries, reverted: reverted.slice(-MOST_REVERTS) };
}
