import type { FastifyInstance } from "fastify";
import { isFromThisMachine } from "../server/addresses.ts";
import { authenticated } from "../server/authentication.ts";
import { checkScope, type HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { seesEverything } from "../access/access.ts";

/**
 * On loopback no token is needed. From elsewhere readiness answers without names, and the metrics, whose labels name
 * accounts, need a token that may read everything.
 */
export function registerProbes(
  app: FastifyInstance,
  context: HttpContext,
  metrics: () => Promise<string>,
): void {
  for (const path of ["/healthz", "/livez"]) app.get(path, () => ({ status: "ok" }));
  app.get("/readyz", (request, reply) => {
    const readiness = context.control.readiness();
    const { ready } = readiness;
    reply.code(ready ? 200 : 503);
    return isFromThisMachine(request) ? readiness : { ready };
  });
  app.get("/metrics", async (request, reply) => {
    if (!isFromThisMachine(request)) {
      const access = checkScope(await authenticated(context, request, reply), ["read"]);
      if (!seesEverything(access)) throw new ApiFailure("Forbidden", "the metrics contain all namespaces");
    }
    reply.header("content-type", "text/plain; version=0.0.4; charset=utf-8");
    return metrics();
  });
}
