import { CliError } from "../../../cli/toolbox/cli-error.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import {
  commentIn,
  CONVERSATIONS,
  memberOf,
  PAGE_SIZE,
  type Comment,
  type ForgeRequest,
} from "../../../network/forges/conversation.ts";
import { ForgeError, type ForgeApi } from "./forge-api.ts";

/** Of a conversation with more comments, the first ones. */
const MOST_PAGES = 50;
const ATTEMPTS = 3;

/** Whose comments are ours: anyone can write the marker into a comment, and could change the text later. */
type CommentAuthor = { readonly id: number } | { readonly login: string };

/** The comments that this review wrote into a pull request before. */
export class OwnComments {
  readonly #api: ForgeApi;
  readonly #pullRequest: number;
  readonly #author: CommentAuthor;

  private constructor(api: ForgeApi, pullRequest: number, author: CommentAuthor) {
    this.#api = api;
    this.#pullRequest = pullRequest;
    this.#author = author;
  }

  static async of(pullRequest: number, api: ForgeApi): Promise<OwnComments> {
    return new OwnComments(api, pullRequest, await authorOf(api));
  }

  /**
   * Makes the one comment of this review have this text. @param beforeWrite throws if the comment must stay as it is
   * @returns what was done
   */
  async put(text: string, beforeWrite: () => Promise<void>): Promise<string> {
    const body = `${this.#marker()}\n${text}`;
    for (let attempt = 1; ; attempt += 1) {
      const ownComment = (await this.#comments()).find((one) => this.isOwn(one, this.#marker()));
      if (ownComment?.body.trim() === body.trim()) return "the comment was up to date";
      await beforeWrite();
      try {
        await this.#api.send(this.#requestFor(ownComment, body));
        return ownComment === undefined ? "comment added" : "comment updated";
      } catch (error) {
        // Someone removed it meanwhile, or the answer was lost: which of them, only the list shows.
        const mayHelp = error instanceof ForgeError && (error.isLost || (ownComment && error.status === 404));
        if (mayHelp !== true || attempt === ATTEMPTS) throw error;
      }
    }
  }

  isOwn({ body, authorId, author }: Comment, marker: string): boolean {
    const isByUs = "id" in this.#author ? authorId === this.#author.id : author === this.#author.login;
    return isByUs && body.split(/\r?\n/, 1)[0] === marker;
  }

  #marker(): string {
    return `<!-- grantkeeper:review ${this.#api.target.name} -->`;
  }

  #requestFor(known: Comment | undefined, body: string): ForgeRequest {
    const { forge, repository } = this.#api.target;
    const { create, update } = CONVERSATIONS[forge];
    const conversation = { repository, pullRequest: this.#pullRequest };
    return known === undefined ? create(conversation, body) : update(conversation, known.id, body);
  }

  async #comments(): Promise<readonly Comment[]> {
    const { forge, repository } = this.#api.target;
    const conversation = { repository, pullRequest: this.#pullRequest };
    return readPages(this.#api, {
      path: (page) => CONVERSATIONS[forge].comments(conversation, page, PAGE_SIZE),
      comments: (value) => value,
    });
  }
}

interface Paged {
  /** From 1; null: there are no more. */
  readonly path: (page: number) => string | null;
  /** The list of comments in the answer. */
  readonly comments: (answer: unknown) => unknown;
}

/** The comments of all pages. @throws CliError if there are too many: ours might be among those that were not read */
export async function readPages(api: ForgeApi, { path, comments }: Paged): Promise<readonly Comment[]> {
  const found: Comment[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const next = path(page);
    if (next === null) return found;
    const answer = await api.read(next);
    const read = comments(answer);
    const { label } = FORGES[api.target.forge];
    if (!Array.isArray(answer) || !Array.isArray(read))
      throw new CliError(`${label} shows no list of comments`, "check --api-url", { exitCode: 4 });
    found.push(...read.flatMap((one) => commentIn(one) ?? []));
    if (answer.length < PAGE_SIZE) return found;
  }
  throw new CliError(
    `the pull request has more than ${MOST_PAGES * PAGE_SIZE} comments`,
    "run the command without --pull-request: it then posts the status alone",
  );
}

/** The token of a pipeline of GitHub may not ask who it is. */
async function authorOf(api: ForgeApi): Promise<CommentAuthor> {
  try {
    const id = memberOf(await api.read("/user"), "id");
    if (typeof id === "number") return { id };
  } catch (error) {
    const isRefused = error instanceof ForgeError && error.status === 403 && !error.isLimited;
    if (!isRefused || api.target.forge !== "github") throw error;
  }
  return { login: api.target.author };
}
