import type { Tracer } from "../controller/ports/telemetry.ts";
import { errorCode } from "../model/values/error-code.ts";
import type { Fetch } from "../network/http-post.ts";

/**
 * A span for each request of `fetch`. It has the server and no path: the path of a webhook can be a secret.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client
 */
export function tracedFetch(fetch: Fetch, tracer: Tracer): Fetch {
  return (url, init) => {
    const method = init.method ?? "GET";
    const attributes = { "http.request.method": method, ...serverOf(url) };
    return tracer.trace({ name: method, kind: "client", attributes }, async (span) => {
      try {
        const response = await fetch(url, init);
        span.set({ "http.response.status_code": response.status });
        if (response.status >= 400) span.fail(String(response.status));
        return response;
      } catch (cause) {
        span.fail(errorCode(cause) ?? "error");
        throw cause;
      }
    });
  };
}

function serverOf(text: string): Readonly<Record<string, string | number>> {
  const url = URL.parse(text);
  if (url === null) return {};
  const scheme = url.protocol.slice(0, -1);
  const port = url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port);
  return { "url.scheme": scheme, "server.address": url.hostname, "server.port": port };
}
