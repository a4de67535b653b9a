import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "../access/access.ts";
import type { HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { checkScope } from "../request/scope.ts";

/** Every route of this plugin, unknown paths included, needs a token, before a byte of the body is read. */
export function requireToken(api: FastifyInstance, context: HttpContext): void {
  api.addHook("onRoute", ({ url, config }) => {
    if (config?.scopes === undefined) throw new Error(`route ${url} has no scope`);
  });
  api.addHook("onRequest", async (request, reply) => {
    request.access = authenticated(context, request, reply);
    refuseImpersonation(request);
    const wanted = request.routeOptions.config.scopes;
    if (wanted !== undefined) checkScope(request.access, wanted);
  });
}

/** kubectl --as: a client that believes to act as another one must not act as itself. @throws ApiFailure Forbidden */
function refuseImpersonation({ headers }: FastifyRequest): void {
  if (!Object.keys(headers).some((name) => name.startsWith("impersonate-"))) return;
  throw new ApiFailure("Forbidden", "impersonation is not supported: use the token of the other caller");
}

/** @throws ApiFailure Unauthorized */
export function authenticated(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Access {
  const found = context.tokens.authenticate(request.headers.authorization, context.clock.nowMs());
  if (found.kind === "known") return found.access;
  request.refusedActor = found.actor;
  reply.header("www-authenticate", "Bearer");
  throw new ApiFailure("Unauthorized", found.reason);
}
