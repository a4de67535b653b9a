import type { SinkProblem } from "../../../model/records/alert-route-state.ts";
import type { PullRequestNote } from "../../../model/records/pull-requests/note.ts";
import type { StatusTools } from "../commit-status/commit-status.ts";
import { refused, retry, type Delivery, type Outgoing, type Sink } from "../sink.ts";
import { ForgeSession, Undelivered, type NotedRepository } from "./forge-session.ts";
import { mergedRequests } from "./merged-requests.ts";
import { authorOf, putComment } from "./own-comment.ts";

/**
 * Shows in the merged pull requests of a revision what became of it, in one comment each. The outbox delivers the notes
 * of a source in order, so that the last one counts. A delivery whose answer was lost is repeated: it finds its comment.
 */
export class PullRequestSink implements Sink {
  /** A note is for pull requests of its own. */
  readonly acceptsDigests = false;
  /** Each note is a delivery, also of an incident that the pull requests show. */
  readonly updatesInPlace = false;
  readonly refresh = null;
  readonly #repository: NotedRepository;
  readonly #tools: StatusTools;

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
      return await deliverNote(note, thread, session);
    } catch (error) {
      if (error instanceof Undelivered) return error.delivery;
      throw error;
    }
  }
}

async function deliverNote(
  note: PullRequestNote,
  thread: string | null,
  session: ForgeSession,
): Promise<Delivery> {
  const numbers = thread === null ? await mergedRequests(note.commits, session) : numbersIn(thread);
  // A forge may learn later than we that a commit belongs to a pull request: the next note searches again.
  if (numbers.length === 0)
    return { kind: "delivered", answer: "no pull request", thread: null, problem: null };
  const author = await authorOf(session);
  const locked: number[] = [];
  for (const pullRequest of numbers) {
    const { text, onlyUpdates = false } = note;
    const put = await putComment({ pullRequest, text, onlyUpdates }, author, session);
    if (put === "locked") locked.push(pullRequest);
  }
  return {
    kind: "delivered",
    answer: `${numbers.length} shown`,
    thread: numbers.join(" "),
    problem: lockedProblem(locked),
  };
}

/** How the pull requests of a revision are remembered until its last note: their numbers. */
function numbersIn(thread: string): readonly number[] {
  return thread.split(" ").flatMap((one) => (/^[1-9]\d{0,15}$/.test(one) ? [Number(one)] : []));
}

function lockedProblem(locked: readonly number[]): SinkProblem | null {
  if (locked.length === 0) return null;
  const cause = `the conversations of pull requests ${locked.join(", ")} are locked: they show nothing`;
  return { cause, fix: "unlock them, or give the token the role Maintainer" };
}
