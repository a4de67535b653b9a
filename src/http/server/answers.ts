import { beginningOf } from "../../text/cut.ts";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { FAILURE_CODES } from "../../api/failure.ts";
import type { HttpContext } from "../request/context.ts";
import { isEmbedded } from "./embedded.ts";
import { registerRequestSpans } from "./request-spans.ts";
import { ApiFailure, asFailure, httpStatusOf } from "../request/failure.ts";

/** On every response: no cache keeps it, and no page of another site can use it. */
export const SAFE_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Every failure becomes a Status; refused requests are recorded in the audit; every response is counted. */
export function registerAnswers(app: FastifyInstance, context: HttpContext): void {
  app.decorateRequest("caller", null);
  app.decorateRequest("refusedActor", "anonymous");
  app.setErrorHandler((error, request, reply) => {
    const failure = asFailure(error) ?? internalFailure(context, error, request);
    noteRefusal(context, request, failure);
    return sendFailure(request, reply, failure);
  });
  app.setNotFoundHandler(notFound);
  registerRequestSpans(app, context);
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    context.telemetry.count("http_requests_total", labels);
  });
}

export function notFound(request: FastifyRequest): never {
  throw new ApiFailure("NotFound", `there is no ${request.method} ${plainPath(request)}`);
}

function internalFailure({ telemetry }: HttpContext, error: unknown, request: FastifyRequest): ApiFailure {
  const message = error instanceof Error ? error.message : String(error);
  telemetry.error("request failed", {
    method: request.method,
    route: request.routeOptions.url ?? "none",
    error: message,
  });
  return new ApiFailure("InternalError", "internal error: see the log of the controller");
}

export function sendFailure(request: FastifyRequest, reply: FastifyReply, failure: ApiFailure): FastifyReply {
  const hasBody =
    request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
  // The rest of a refused body is not read.
  if (hasBody && request.body === undefined) reply.header("connection", "close");
  const status = httpStatusOf(failure);
  return reply.code(status.code).type("application/json; charset=utf-8").send(status);
}

export function noteRefusal(context: HttpContext, request: FastifyRequest, failure: ApiFailure): void {
  if (isRefused(request, failure)) recordRefusal(context, request, failure);
}

/** Recorded are refused commands and refused access, not reads that find nothing or are misspelt. */
function isRefused(request: FastifyRequest, { reason }: ApiFailure): boolean {
  const code = FAILURE_CODES[reason];
  if (code >= 500) return false;
  const reads = request.method === "GET" || request.method === "HEAD";
  return !reads || code === 401 || code === 403 || code === 429;
}

function recordRefusal(
  { control, telemetry }: HttpContext,
  request: FastifyRequest,
  failure: ApiFailure,
): void {
  const fact = {
    actor: request.caller?.actor ?? request.refusedActor,
    method: request.method,
    path: plainPath(request),
    status: FAILURE_CODES[failure.reason],
    reason: beginningOf(failure.message, 500),
  };
  control.refused(fact, isEmbedded(request)).catch((error: unknown) => {
    telemetry.error("refused request not audited", {
      error: error instanceof Error ? error.message : String(error),
    });
  });
}

/** Without the query, printable ASCII only, short. */
function plainPath(request: FastifyRequest): string {
  const [path = ""] = request.url.split("?");
  return path.replace(/[^\x21-\x7e]/g, "?").slice(0, 200);
}

/** A path that cannot be decoded reaches no hook and no route. */
export function answerBadPath(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const status = httpStatusOf(new ApiFailure("BadRequest", "the path is not a URL path"));
  void reply.code(status.code).headers(SAFE_HEADERS).send(status);
}

/** For requests that Node could not read, or that arrived too slowly. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const failure = clientFailure(error.code);
  const body = JSON.stringify(httpStatusOf(failure));
  const code = FAILURE_CODES[failure.reason];
  const head = [
    `HTTP/1.1 ${code} ${failure.reason}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function clientFailure(code: string | undefined): ApiFailure {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new ApiFailure("Timeout", "the request arrived too slowly");
  if (code === "HPE_HEADER_OVERFLOW")
    return new ApiFailure("RequestHeaderFieldsTooLarge", "the headers are too large");
  return new ApiFailure("BadRequest", "not an HTTP/1.1 request");
}
