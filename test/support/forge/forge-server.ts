import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { answerProblem, requestProblem } from "./described.ts";
import {
  FORMS,
  LONGEST_COMMENT,
  type MergedOnForge,
  type StoredComment,
  type StoredStatus,
} from "./forms.ts";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly hasBody: boolean;
  readonly authorization: string;
}

export interface ForgedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request has its effect, and the connection ends without an answer. */
  readonly isLost?: true;
}

export const TOKEN = "s3cret-forge-token";
export const US = { id: 7, login: "grantkeeper" } as const;
export const STRANGER = { id: 8, login: "mallory" } as const;
export const PULL_REQUEST = 12;

/** A real HTTP server that keeps the comments of one pull request, and knows only what the forge describes. */
export class ForgeServer {
  readonly forge: ConversationForge;
  readonly comments: StoredComment[] = [];
  readonly statuses: StoredStatus[] = [];
  readonly requests: string[] = [];
  pullRequest = { state: "open", head: "", branch: "main" };
  readonly merged: MergedOnForge[] = [];
  /** Conversations in which the token may not comment. */
  readonly locked = new Set<number>();
  /** Lines that the pull request does not show. */
  readonly hidden = new Set<string>();
  /** The differences of the pull request's files, as Git prints them. */
  readonly patches = new Map<string, string>();
  /** Decides before the server does; null: it does. */
  intercept: (request: Request) => ForgedAnswer | null = () => null;
  url = "";
  /** Before the path of each operation, for clients that add it to the address. */
  basePath = "";
  /** Requests that the forge does not describe, and answers of this server that it does not. */
  readonly #problems: string[] = [];
  readonly #server: Server;
  #nextId = 100;

  private constructor(forge: ConversationForge) {
    this.forge = forge;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(forge: ConversationForge): Promise<ForgeServer> {
    const server = new ForgeServer(forge);
    await new Promise<void>((listening) => {
      server.#server.listen(0, "127.0.0.1", listening);
    });
    server.url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  /** @throws Error if a request or an answer was none that the forge describes */
  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => {
      this.#server.close(closed);
    });
    if (this.#problems.length > 0) throw new Error(`not described: ${this.#problems.join("; ")}`);
  }

  add(body: string, author: StoredComment["author"] = US, at: string | null = null): StoredComment {
    this.#nextId += 1;
    const comment = { id: this.#nextId, body, author, at };
    this.comments.push(comment);
    return comment;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await readRequest(incoming);
    const request = { ...sent, path: sent.path.replace(this.basePath, "") };
    this.requests.push(`${request.method} ${request.path}`);
    const asked = { ...request, body: request.hasBody ? request.body : null };
    const problem = requestProblem(this.forge, asked);
    if (problem !== null) this.#problems.push(problem);
    const forced = this.intercept(request);
    const answer = forced === null || forced.isLost === true ? this.#answer(request, problem) : forced;
    if (forced?.isLost === true) return void response.destroy();
    const invented = forced === null ? answerProblem(this.forge, asked, answer) : null;
    if (invented !== null) this.#problems.push(invented);
    response
      .writeHead(answer.status, { "content-type": "application/json", ...answer.headers })
      .end(JSON.stringify(answer.body));
  }

  #answer(request: Request, problem: string | null): ForgedAnswer {
    const { method, path } = request;
    if (!request.authorization.includes(TOKEN)) return { status: 401, body: { message: "Bad credentials" } };
    if (method === "GET") return this.#read(request);
    if (problem !== null) return { status: 422, body: { message: problem } };
    if (/\/statuses\/[0-9a-f]{40}$/.test(path)) return this.#addStatus(request);
    const of = Number(/\/(?:issues|merge_requests)\/(\d+)\//.exec(path)?.[1]);
    if (this.locked.has(of)) return { status: 403, body: { message: "it is locked" } };
    const longest = LONGEST_COMMENT[this.forge];
    if (longest !== null && String(request.body["body"]).length > longest)
      return { status: this.forge === "gitlab" ? 400 : 422, body: { message: "body is too long" } };
    if (path.endsWith("/reviews")) return this.#addReview(request);
    const edited = /\/(?:comments|notes)\/(\d+)$/.exec(path)?.[1];
    return edited === undefined ? this.#addComment(request) : this.#edit(Number(edited), request);
  }

  #read({ path, query }: Request): ForgedAnswer {
    const forms = FORMS[this.forge];
    if (path === "/user") return ok(forms.user(US));
    const [page, size] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 30)];
    const pageOf = (list: readonly unknown[]): ForgedAnswer =>
      ok(
        this.forge === "gitea" || this.forge === "forgejo"
          ? list
          : list.slice((page - 1) * size, page * size),
      );
    const commit = /\/commits\/([0-9a-f]+)\/(?:pulls?|merge_requests)$/.exec(path)?.[1];
    if (commit !== undefined) return this.#mergedBy(commit);
    if (/^\/(?:repos|projects)\/[^/]+(?:\/[^/]+)?$/.test(path)) return ok({ id: 1 });
    const asked = Number(/\/(?:pulls|merge_requests)\/(\d+)$/.exec(path)?.[1]);
    if (asked === PULL_REQUEST || this.locked.has(asked)) return ok(this.#pullRequest(asked));
    const [plain, atLines] = [true, false].map((isPlain) =>
      this.comments.filter(({ at }) => (at === null) === isPlain),
    );
    if (/\/issues\/12\/comments$|\/notes$/.test(path)) return pageOf((plain ?? []).map(forms.comment));
    const one = Number(/\/(?:issues\/comments|notes)\/(\d+)$/.exec(path)?.[1]);
    const comment = this.comments.find(({ id }) => id === one);
    if (comment !== undefined) return ok(forms.comment(comment));
    if (path.endsWith("/pulls/12/files")) return pageOf([...this.patches].map(this.#changedFile));
    if (/\/pulls\/12\/comments$|\/discussions$/.test(path))
      return pageOf((atLines ?? []).map(forms.suggestion));
    if (path.includes("/statuses"))
      return ok(this.statuses.map(({ name, state }, at) => ({ id: at, name, status: state })));
    return { status: 404, body: { message: "Not Found" } };
  }

  #mergedBy(commit: string): ForgedAnswer {
    const found = this.merged
      .filter(({ ofCommits }) => ofCommits.includes(commit))
      .map((one) => FORMS[this.forge].merged(one));
    if (this.forge === "github" || this.forge === "gitlab") return ok(found);
    return found[0] === undefined ? { status: 404, body: { message: "not found" } } : ok(found[0]);
  }

  #pullRequest(number: number): object {
    return FORMS[this.forge].pullRequest({ ...this.pullRequest, isLocked: this.locked.has(number) });
  }

  #addComment({ body }: Request): ForgedAnswer {
    const position = (body["position"] ?? {}) as Readonly<Record<string, unknown>>;
    const [file, line] = [body["path"] ?? position["new_path"], body["line"] ?? position["new_line"]];
    const at = typeof file === "string" ? `${file}:${String(line)}` : null;
    if (at !== null && this.hidden.has(at)) {
      const status = this.forge === "gitlab" ? 400 : 422;
      return { status, body: { message: "line must be part of the diff" } };
    }
    const { id } = this.add(String(body["body"]), US, at);
    return { status: 201, body: at === null ? { id } : FORMS[this.forge].addedSuggestion(id) };
  }

  /** GitHub leaves out the difference of a large file. */
  readonly #changedFile = ([filename, patch]: readonly [string, string]): object =>
    [...this.hidden].some((at) => at.startsWith(`${filename}:`)) ? { filename } : { filename, patch };

  /** All comments, or none. */
  #addReview({ body }: Request): ForgedAnswer {
    const comments = body["comments"] as readonly Readonly<Record<"path" | "body" | "line", string>>[];
    const added = comments.map(({ path, line, body: text }) => ({ at: `${path}:${line}`, path, text }));
    if (added.some(({ at, path }) => this.hidden.has(at) || !this.patches.has(path)))
      return { status: 422, body: { message: "line must be part of the diff" } };
    const [first] = added.map(({ at, text }) => this.add(text, US, at));
    return ok({ id: first?.id });
  }

  #edit(id: number, { body }: Request): ForgedAnswer {
    const comment = this.comments.find((one) => one.id === id);
    if (comment === undefined) return { status: 404, body: { message: "Not Found" } };
    comment.body = String(body["body"]);
    return ok({ id });
  }

  #addStatus({ path, body }: Request): ForgedAnswer {
    const name = String(body["context"] ?? body["name"]);
    const [state, text] = [String(body["state"]), String(body["description"])];
    const newest = this.statuses.findLast((one) => one.name === name);
    if (this.forge === "gitlab" && newest?.state === state)
      return { status: 400, body: { message: "Cannot transition status via :run from :success" } };
    const status = { commit: path.slice(-40), state, name, text };
    this.statuses.push(status);
    return { status: 201, body: FORMS[this.forge].addedStatus(status) };
  }
}

function ok(body: unknown): ForgedAnswer {
  return { status: 200, body };
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(incoming.url ?? "/", "http://forge.invalid");
  const { authorization = "", "private-token": privateToken = "" } = incoming.headers;
  return {
    method: incoming.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    body: text === "" ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>),
    hasBody: text !== "",
    authorization: `${authorization}${String(privateToken)}`,
  };
}
