import type { FastifyInstance } from "fastify";
import type { HttpContext } from "../request/context.ts";

/** Probes and scrapes are frequent, and nothing happens in them. */
const UNMEASURED: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * A span for each request, until its answer was sent or its connection ended. The path is that of the route: names of
 * objects and the query are no attributes.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function registerRequestSpans(
  app: FastifyInstance,
  { telemetry }: Pick<HttpContext, "telemetry">,
): void {
  app.addHook("onRequest", async (request, reply) => {
    const route = request.routeOptions.url;
    if (route !== undefined && UNMEASURED.has(route)) return;
    const { method } = request;
    const closed = new Promise((resolve) => reply.raw.once("close", resolve));
    const start = {
      name: route === undefined ? method : `${method} ${route}`,
      kind: "server",
      attributes: {
        "http.request.method": method,
        "url.scheme": request.protocol,
        ...(route !== undefined && { "http.route": route }),
      },
    } as const;
    void telemetry.trace(start, async (span) => {
      await closed;
      const { statusCode } = reply;
      span.set({ "http.response.status_code": statusCode });
      if (statusCode >= 500) span.fail(String(statusCode));
    });
  });
}
