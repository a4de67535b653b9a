import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Ajv, type ValidateFunction } from "ajv";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";

interface Operation {
  readonly source: string;
  readonly method: string;
  readonly path: string;
  readonly body: object;
}

export interface StoredComment {
  readonly id: number;
  body: string;
  readonly author: { readonly id: number; readonly login: string };
  /** Of a suggestion: `teams/orders/api.yaml:7`. */
  readonly at: string | null;
}

export interface StoredStatus {
  readonly commit: string;
  readonly state: string;
  readonly name: string;
  readonly text: string;
}

/** A pull request as the forge lists it for a commit. */
export interface MergedOnForge {
  readonly number: number;
  /** The commits for which the forge lists it. */
  readonly ofCommits: readonly string[];
  readonly mergeCommit: string | null;
  readonly head: string;
  readonly branch: string;
  readonly isMerged: boolean;
  readonly into: string;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
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

const FIXTURE = new URL("../../fixtures/forges/review.json", import.meta.url);
const OPERATIONS = Object.entries(JSON.parse(readFileSync(FIXTURE, "utf8")) as Record<string, Operation>);

/** A real HTTP server that keeps the comments of one pull request, and refuses what the forge's descriptions refuse. */
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
  /** Decides before the server does; null: it does. */
  intercept: (request: Request) => ForgedAnswer | null = () => null;
  url = "";
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

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => {
      this.#server.close(closed);
    });
  }

  add(body: string, author: StoredComment["author"] = US, at: string | null = null): StoredComment {
    this.#nextId += 1;
    const comment = { id: this.#nextId, body, author, at };
    this.comments.push(comment);
    return comment;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(`${request.method} ${request.path}`);
    const forced = this.intercept(request);
    const answer = forced === null || forced.isLost === true ? this.#answer(request) : forced;
    if (forced?.isLost === true) return void response.destroy();
    response
      .writeHead(answer.status, { "content-type": "application/json", ...answer.headers })
      .end(JSON.stringify(answer.body));
  }

  #answer(request: Request): ForgedAnswer {
    const { method, path } = request;
    if (!request.authorization.includes(TOKEN)) return { status: 401, body: { message: "Bad credentials" } };
    if (method === "GET") return this.#read(request);
    const problem = invalidText(this.forge, request);
    if (problem !== null) return { status: 422, body: { message: problem } };
    if (/\/statuses\/[0-9a-f]{40}$/.test(path)) return this.#addStatus(request);
    const of = Number(/\/(?:issues|merge_requests)\/(\d+)\//.exec(path)?.[1]);
    if (this.locked.has(of)) return { status: 403, body: { message: "it is locked" } };
    const edited = /\/(?:comments|notes)\/(\d+)$/.exec(path)?.[1];
    return edited === undefined ? this.#addComment(request) : this.#edit(Number(edited), request);
  }

  #read({ path, query }: Request): ForgedAnswer {
    if (path === "/user") return ok(US);
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
    const asked = /\/(?:pulls|merge_requests)\/(\d+)$/.exec(path)?.[1];
    if (asked !== undefined && this.locked.has(Number(asked)))
      return ok({ locked: true, is_locked: true, discussion_locked: true });
    if (/\/issues\/12\/comments$|\/notes$/.test(path)) return pageOf(this.#shown((one) => one.at === null));
    const one = /\/(?:issues\/comments|notes)\/(\d+)$/.exec(path)?.[1];
    const asOne = this.#shown(({ id }) => id === Number(one));
    if (asOne[0] !== undefined) return ok(asOne[0]);
    if (path.endsWith("/pulls/12/comments")) return pageOf(this.#shown((one) => one.at !== null));
    if (path.endsWith("/discussions"))
      return pageOf(this.#shown((one) => one.at !== null).map((note) => ({ notes: [note] })));
    if (/\/(?:pulls|merge_requests)\/12$/.test(path)) return ok(this.#pullRequest());
    if (path.includes("/statuses"))
      return ok(this.statuses.map(({ name, state }, at) => ({ id: at, name, status: state })));
    return { status: 404, body: { message: "Not Found" } };
  }

  #shown(isListed: (comment: StoredComment) => boolean): readonly unknown[] {
    return this.comments.filter(isListed).map(({ id, body, author }) => ({
      id,
      body,
      user: author,
      author: { id: author.id, username: author.login },
    }));
  }

  #mergedBy(commit: string): ForgedAnswer {
    const found = this.merged
      .filter(({ ofCommits }) => ofCommits.includes(commit))
      .map((one) => this.#listed(one));
    if (this.forge === "github" || this.forge === "gitlab") return ok(found);
    return found[0] === undefined ? { status: 404, body: { message: "not found" } } : ok(found[0]);
  }

  #listed({ number, mergeCommit, head, branch, isMerged, into }: MergedOnForge): unknown {
    return this.forge === "gitlab"
      ? {
          iid: number,
          state: isMerged ? "merged" : "closed",
          target_branch: branch,
          merge_commit_sha: mergeCommit,
          squash_commit_sha: null,
          sha: head,
        }
      : {
          number,
          merged: isMerged,
          merged_at: isMerged ? "2026-11-30T12:00:00Z" : null,
          merge_commit_sha: mergeCommit,
          head: { sha: head },
          base: { ref: branch, repo: { full_name: into } },
        };
  }

  #pullRequest(): unknown {
    const { state, head, branch } = this.pullRequest;
    const refs = { base_sha: "b".repeat(40), start_sha: "c".repeat(40), head_sha: head };
    return this.forge === "gitlab"
      ? { state: state === "open" ? "opened" : state, sha: head, target_branch: branch, diff_refs: refs }
      : { state, head: { sha: head }, base: { ref: branch } };
  }

  #addComment({ body }: Request): ForgedAnswer {
    const position = (body["position"] ?? {}) as Readonly<Record<string, unknown>>;
    const [file, line] = [body["path"] ?? position["new_path"], body["line"] ?? position["new_line"]];
    const at = typeof file === "string" ? `${file}:${String(line)}` : null;
    if (at !== null && this.hidden.has(at)) {
      const status = this.forge === "gitlab" ? 400 : 422;
      return { status, body: { message: "line must be part of the diff" } };
    }
    return { status: 201, body: { id: this.add(String(body["body"]), US, at).id } };
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
    this.statuses.push({ commit: path.slice(-40), state, name, text });
    return { status: 201, body: {} };
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
    authorization: `${authorization}${String(privateToken)}`,
  };
}

const ajv = new Ajv({ allowUnionTypes: true, strict: false });
const VALIDATORS = new Map<string, ValidateFunction>();

/** null: one of the forge's operations takes the request. */
function invalidText(forge: ConversationForge, { method, path, body }: Request): string | null {
  const family = forge === "forgejo" ? "gitea" : forge;
  const found = OPERATIONS.find(
    ([name, one]) => name.startsWith(`${family} `) && one.method === method && isPathOf(one.path, path),
  );
  if (found === undefined) return `${forge} has no ${method} ${path}`;
  const [name, operation] = found;
  const validate = VALIDATORS.get(name) ?? ajv.compile(operation.body);
  VALIDATORS.set(name, validate);
  return validate(body) ? null : ajv.errorsText(validate.errors);
}

function isPathOf(template: string, path: string): boolean {
  const pattern = template.replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${pattern}$`).test(path);
}
