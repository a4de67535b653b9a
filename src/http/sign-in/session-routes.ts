import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SessionGrant, SessionView, SignInMethods } from "../../api/browser/sign-in.ts";
import type { Grant } from "../access/access.ts";
import type { OpenSession } from "../access/sessions.ts";
import type { HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { isFromThisMachine, isLoopbackName } from "../server/addresses.ts";
import { sendFailure } from "../server/answers.ts";
import { checkOwnPage, presentedSession } from "../server/authentication.ts";
import { shortSession } from "./begin-session.ts";

/**
 * Who is signed in, how one can sign in, and signing out.
 * @param providerHost of `http.publicUrl`, the only address at which the sign-in with the provider begins; null: there is no provider
 */
export function registerSessions(
  app: FastifyInstance,
  context: HttpContext,
  { providerHost }: { readonly providerHost: string | null },
): void {
  app.get("/auth/methods", async (request): Promise<SignInMethods> => {
    const local = isFromThisMachine(request) && isLoopbackName(request.headers.host);
    const oidc = providerHost !== null && request.headers.host?.toLowerCase() === providerHost;
    return { oidc, local };
  });
  app.get("/auth/session", async (request, reply) => {
    const found = await sessionOf(request, context);
    if (found !== null) return viewOf(found);
    // The page asks this first of all: to have no session yet is no refusal for the record.
    const failure = new ApiFailure("Unauthorized", "no one is signed in");
    return sendFailure(request, reply, failure);
  });
  app.post("/auth/logout", async (request, reply) => {
    const found = await sessionOf(request, context);
    if (found === null) throw new ApiFailure("Unauthorized", "no one is signed in");
    request.caller = found.caller;
    checkOwnPage(request);
    await context.sessions.end(found.session);
    const { actor, method } = found.session;
    const session = shortSession(found.session);
    await context.control.recordSession({ kind: "signed-out", actor, method, session });
    reply.header("set-cookie", context.cookies.header(request, { value: "", maxAge: 0 }));
    return reply.code(204).send();
  });
}

/** A request with a token has no session, also if a browser adds its cookie. */
async function sessionOf(request: FastifyRequest, context: HttpContext): Promise<OpenSession | null> {
  const token = context.cookies.token(request);
  if (token === null || request.headers.authorization !== undefined) return null;
  return presentedSession(context, request, token);
}

function viewOf({ session, caller }: OpenSession): SessionView {
  const { actor, displayName, method, endsMs } = session;
  return {
    actor,
    displayName,
    method,
    grants: caller.grants.map(grantView),
    expires: new Date(endsMs).toISOString(),
  };
}

function grantView({ scopes, namespaces }: Grant): SessionGrant {
  return { scopes: [...scopes].sort(), namespaces: namespaces === "all" ? ["*"] : [...namespaces].sort() };
}
