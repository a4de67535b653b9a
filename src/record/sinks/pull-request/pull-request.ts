import type { SinkProblem } from "../../../model/records/alert-route-state.ts";
import type { PullRequestNote } from "../../../model/records/pull-requests/note.ts";
import type { StatusTools } from "../commit-status/commit-status.ts";
import { counted } from "../../../text/phrases.ts";
import { refused, retry, type Delivery, type Outgoing, type Sink } from "../sink.ts";
import { ForgeSession, Undelivered, type NotedRepository } from "./forge-session.ts";
import { mergedRequests } from "./merged-requests.ts";
import { authorOf, putComment, rewriteComment, type Author, type Put, type PutNote } from "./own-comment.ts";
import { formatShown, parseShown, type ShownRequests } from "./shown-requests.ts";

/**
 * Shows in the merged pull requests of a revision what became of it, in one comment each. The outbox delivers the notes
 * of a source in order, so that the last one counts: one that a single pull request does not accept is not sent again, so
 * that it delays no other. A delivery whose answer was lost is repeated: it finds its comment.
 */
export class PullRequestSink implements Sink {
  /** A note is for pull requests of its own. */
  readonly acceptsDigests = false;
  /** Each note is a delivery, also of an incident that the pull requests show. */
  readonly updatesInPlace = false;
  readonly refresh = null;
  readonly #repository: NotedRepository;
  readonly #tools: StatusTools;
  /** The newest comment that was shown: whether it can be written again shows whether the token may still comment. */
  #shown: ShownComment | null = null;

  constructor(repository: NotedRepository, tools: StatusTools) {
    this.#repository = repository;
    this.#tools = tools;
  }

  async deliver({ message, thread }: Outgoing, signal: AbortSignal): Promise<Delivery> {
    const note = "pullRequestNote" in message ? message.pullRequestNote : undefined;
    if (note === undefined) return refused({ cause: "the message is not for pull requests", fix: "none" });
    const token = await this.#tools.token(signal);
    if (token.kind === "err") return retry(token.error);
    const session = new ForgeSession(this.#repository, { ...this.#tools, token: token.value }, signal);
    try {
      return await this.#deliverNote(note, thread, session);
    } catch (error) {
      if (error instanceof Undelivered) return error.delivery;
      throw error;
    }
  }

  async #deliverNote(note: PullRequestNote, thread: string | null, session: ForgeSession): Promise<Delivery> {
    const { searches, comments, unread } = await requestsOf(note, thread, session);
    // The next note searches again.
    if (comments.size === 0)
      return { kind: "delivered", answer: "no pull request", thread: null, problem: problemOf([], unread) };
    const author = await authorOf(session);
    const outcomes: NoteOutcome[] = [];
    for (const [pullRequest, comment] of comments) {
      const { text, onlyUpdates = false } = note;
      outcomes.push(await putOne({ pullRequest, comment, text, onlyUpdates }, author, session));
    }
    const shown = outcomes.filter(({ kind }) => SHOWN.has(kind));
    this.#shown = shownComment(shown, note) ?? this.#shown;
    const unclear = outcomes.flatMap((one) =>
      one.kind === "failed" && one.error.scope === "unknown" ? [one.error] : [],
    );
    const wasWritten = shown.some(({ kind }) => kind !== "up-to-date");
    // Without a comment that the token may write, the refusal is for its permissions: the note waits for them.
    if (unclear[0] !== undefined && !wasWritten && !(await mayStillWrite(this.#shown, session)))
      throw unclear[0];
    const known = outcomes.map((one) => {
      const before = comments.get(one.pullRequest) ?? null;
      return [one.pullRequest, one.kind === "failed" ? before : one.comment] as const;
    });
    return {
      kind: "delivered",
      answer: `${shown.length} of ${outcomes.length} shown`,
      thread: formatShown({ searches, comments: new Map(known) }),
      problem: problemOf(outcomes, unread),
    };
  }
}

/** A forge may learn later than we that a commit belongs to a pull request. */
const SEARCHES = 3;

/** The pull requests of the revision. They are searched for again with the first notes. */
async function requestsOf(
  note: PullRequestNote,
  thread: string | null,
  session: ForgeSession,
): Promise<ShownRequests & { readonly unread: number }> {
  const { searches, comments } = parseShown(thread);
  if (searches >= SEARCHES) return { searches, comments, unread: 0 };
  const { numbers, unread } = await mergedRequests(note.commits, session);
  const added = numbers.filter((number) => !comments.has(number)).map((number) => [number, null] as const);
  return { searches: searches + 1, comments: new Map([...comments, ...added]), unread };
}

/** What became of a note in one pull request. */
type NoteOutcome = { readonly pullRequest: number } & (
  Put | { readonly kind: "failed"; readonly error: Undelivered }
);

async function putOne(note: PutNote, author: Author, session: ForgeSession): Promise<NoteOutcome> {
  const { pullRequest } = note;
  try {
    return { pullRequest, ...(await putComment(note, author, session)) };
  } catch (error) {
    if (!(error instanceof Undelivered) || error.scope === "all") throw error;
    return { pullRequest, kind: "failed", error };
  }
}

const SHOWN: ReadonlySet<NoteOutcome["kind"]> = new Set(["added", "updated", "up-to-date"]);

interface ShownComment {
  readonly pullRequest: number;
  readonly comment: number;
  readonly text: string;
}

/** null: the forge showed the id of none. */
function shownComment(shown: readonly NoteOutcome[], { text }: PullRequestNote): ShownComment | null {
  const comments = shown.flatMap((one) =>
    one.kind === "failed" || one.comment === null
      ? []
      : [{ pullRequest: one.pullRequest, comment: one.comment, text }],
  );
  return comments.at(-1) ?? null;
}

/** Writes a comment again as it is. False also if there is none, or none any more. */
async function mayStillWrite(shown: ShownComment | null, session: ForgeSession): Promise<boolean> {
  if (shown === null) return false;
  try {
    await rewriteComment(shown, session);
    return true;
  } catch (error) {
    if (!(error instanceof Undelivered) || error.scope === "all") throw error;
    return false;
  }
}

/** Of a delivery that some pull requests did not accept. null: there is none. */
function problemOf(outcomes: readonly NoteOutcome[], unread: number): SinkProblem | null {
  const locked = outcomes.filter(({ kind }) => kind === "locked").map(({ pullRequest }) => pullRequest);
  const failed = outcomes.flatMap((one) => (one.kind === "failed" ? [one] : []));
  const problems = [
    ...(unread === 0 ? [] : [unreadProblem(unread)]),
    ...(locked.length === 0 ? [] : [lockedProblem(locked)]),
    ...failed.map(({ pullRequest, error: { delivery } }) => ({
      cause: `pull request ${pullRequest} does not show what became of it: ${delivery.problem.cause}`,
      fix: delivery.problem.fix,
    })),
  ];
  if (problems.length === 0) return null;
  return {
    cause: problems.map(({ cause }) => cause).join("; "),
    fix: [...new Set(problems.map(({ fix }) => fix))].join("; "),
  };
}

function unreadProblem(commits: number): SinkProblem {
  const cause = `the list of pull requests of ${counted(commits, "commit")} is too long to read: some may show nothing`;
  return { cause, fix: "shorten the descriptions of pull requests that have these commits" };
}

function lockedProblem(locked: readonly number[]): SinkProblem {
  const cause = `the conversations of pull requests ${locked.join(", ")} are locked: they show nothing`;
  return { cause, fix: "unlock them, or give the token the role Maintainer" };
}
