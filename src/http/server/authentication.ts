import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { BACKGROUND_HEADER, NAMESPACES_HEADER } from "../../api/group.ts";
import { identityText, type ApiCaller, type Grant } from "../access/access.ts";
import type { OpenSession } from "../access/sessions.ts";
import { type HttpContext, checkProof, checkScope } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";

/** Every route of this plugin, unknown paths included, needs a token or a session, before a byte of the body is read. */
export function requireCaller(api: FastifyInstance, context: HttpContext): void {
  api.addHook("onRoute", ({ url, config }) => {
    if (config?.scopes === undefined) throw new Error(`route ${url} has no scope`);
  });
  api.addHook("onRequest", async (request, reply) => {
    const caller = limited(await authenticated(context, request, reply), request);
    request.caller = caller;
    refuseImpersonation(request);
    const wanted = request.routeOptions.config.scopes;
    if (wanted === undefined || wanted === "any") return;
    checkScope(caller, wanted);
    if (isUnsafe(request) && wanted.every((scope) => NEED_PROOF.has(scope)))
      checkProof(caller, context.clock.nowMs());
  });
}

/** @throws ApiFailure BadRequest, or Forbidden if the caller may do nothing in these namespaces, whether or not they exist */
function limited(caller: ApiCaller, request: FastifyRequest): ApiCaller {
  const header = request.headers[NAMESPACES_HEADER];
  if (header === undefined) return caller;
  request.refusedActor = caller.actor;
  const names = namespacesIn(String(header));
  if (names === undefined)
    throw new ApiFailure("BadRequest", `${NAMESPACES_HEADER}: expected names of namespaces, with commas`);
  const own = limitedCaller(caller, names);
  const unseen = names.find(
    (name) => !own.grants.some(({ namespaces }) => namespaces !== "all" && namespaces.has(name)),
  );
  if (unseen === undefined) return own;
  throw new ApiFailure("Forbidden", `${identityText(caller)} may not see namespace "${unseen}"`);
}

/** An act with one of these scopes needs a recent sign-in. */
const NEED_PROOF: ReadonlySet<string> = new Set(["approve", "suspend"]);

/** kubectl --as: a client that believes to act as another one must not act as itself. @throws ApiFailure Forbidden */
function refuseImpersonation({ headers }: FastifyRequest): void {
  if (!Object.keys(headers).some((name) => name.startsWith("impersonate-"))) return;
  throw new ApiFailure("Forbidden", "impersonation is not supported: use the token of the other caller");
}

/** A request with a token is judged by the token alone, also if a browser adds its cookie. @throws ApiFailure Unauthorized */
export async function authenticated(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ApiCaller> {
  const { authorization } = request.headers;
  const cookie = context.cookies.token(request);
  if (authorization === undefined && cookie !== null) return bySession(context, request, cookie);
  const authentication = context.tokens.authenticate(authorization, context.clock.nowMs());
  if (authentication.kind === "known") return authentication.caller;
  request.refusedActor = authentication.actor;
  reply.header("www-authenticate", "Bearer");
  throw new ApiFailure("Unauthorized", authentication.reason);
}

/** Whose token or session a request has, without a use of the session; null: it has none that is valid. */
export async function presentedCaller(
  { tokens, sessions, cookies, clock }: HttpContext,
  request: FastifyRequest,
): Promise<ApiCaller | null> {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    const cookie = cookies.token(request);
    return cookie === null ? null : sessions.openCaller(cookie);
  }
  const authentication = tokens.authenticate(authorization, clock.nowMs());
  return authentication.kind === "known" ? authentication.caller : null;
}

async function bySession(context: HttpContext, request: FastifyRequest, token: string): Promise<ApiCaller> {
  const session = await presentedSession(context, request, token);
  if (session === null) throw new ApiFailure("Unauthorized", "the session has ended: sign in again");
  request.refusedActor = session.caller.actor;
  checkOwnPage(request);
  return session.caller;
}

/** The session of a token. Only what a person does is a use of it: an open tab reads by itself, also after they left. */
export function presentedSession(
  { sessions }: Pick<HttpContext, "sessions">,
  request: FastifyRequest,
  token: string,
): Promise<OpenSession | null> {
  return request.headers[BACKGROUND_HEADER] === undefined ? sessions.find(token) : sessions.look(token);
}

/** A browser adds the cookie to requests of other pages too. @throws ApiFailure Forbidden */
export function checkOwnPage(request: FastifyRequest): void {
  const site = request.headers["sec-fetch-site"];
  if (!isUnsafe(request)) {
    if (site === "cross-site" || site === "same-site")
      throw new ApiFailure("Forbidden", "another page may not use the session of this browser");
    return;
  }
  if (site === "same-origin" && request.headers["x-grantkeeper-csrf"] === "1") return;
  throw new ApiFailure(
    "Forbidden",
    "a change with a session needs the headers Sec-Fetch-Site: same-origin and X-Grantkeeper-CSRF: 1",
  );
}

function isUnsafe({ method }: FastifyRequest): boolean {
  return method !== "GET" && method !== "HEAD";
}

/** The grants of the caller in some namespaces alone. A grant that has none of them is left out. */
export function limitedCaller(caller: ApiCaller, namespaces: readonly string[]): ApiCaller {
  const grants = caller.grants
    .map((grant) => ({ ...grant, namespaces: within(grant, namespaces) }))
    .filter((grant) => grant.namespaces.size > 0);
  return { ...caller, grants };
}

function within({ namespaces: granted }: Grant, wanted: readonly string[]): ReadonlySet<string> {
  return new Set(granted === "all" ? wanted : wanted.filter((name) => granted.has(name)));
}

/** The names of the header; undefined: the text is no list of names. */
export function namespacesIn(header: string): readonly string[] | undefined {
  const names = header.split(",").map((name) => name.trim());
  return names.length <= MOST && names.every((name) => NAME.test(name)) ? names : undefined;
}

const MOST = 100;
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
