import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { FORWARDED_HEADER, hostName } from "./addresses.ts";

export const FORWARD_LIMITS = {
  connectMs: 5_000,
  /** Until an answer begins. A watch begins immediately, and then lasts. */
  answerMs: 30_000,
};

/** They are about one connection, and not about the request. @see RFC 9110, section 7.6.1 */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The other replica did not answer; nothing of an answer was sent. */
export class ForwardFailure extends Error {
  override readonly name = "ForwardFailure";
}

export interface ForwardTarget {
  /** The URL of the other replica. */
  readonly address: string;
  /** The host of `http.publicUrl`, which all replicas share; null: there is none. */
  readonly publicName: string | null;
  readonly limits: typeof FORWARD_LIMITS;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request to another replica with the same token and body, and its answer back, as it comes: it may be a watch.
 * @throws ForwardFailure
 */
export async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  target: ForwardTarget,
): Promise<void> {
  const answer = await answerOf(request, reply, target);
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers));
  answer.pipe(raw);
  answer.once("error", () => raw.destroy());
}

function answerOf(
  request: FastifyRequest,
  reply: FastifyReply,
  target: ForwardTarget,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { connectMs, answerMs } = target.limits;
  const sent = sending(request, target);
  const endLate = (): unknown => sent.destroy(new Error("it does not answer in time"));
  const late = setTimeout(endLate, answerMs);
  sent.setTimeout(connectMs, () => {
    if (sent.socket?.connecting !== false) endLate();
  });
  sent.once("response", resolve);
  sent.on("error", (cause) => reject(new ForwardFailure(cause.message, { cause })));
  sent.once("close", () => clearTimeout(late));
  sent.once("response", () => clearTimeout(late));
  // The reader left: the other replica ends the watch.
  reply.raw.once("close", () => sent.destroy());
  // The body is not kept: it may be large, and nothing is known of its sender.
  if (hasBody(request)) request.raw.pipe(sent);
  else sent.end();
  return promise;
}

function sending(request: FastifyRequest, { address, publicName, signal }: ForwardTarget) {
  const { protocol, hostname, port, host } = new URL(address);
  const name = hostname.replace(/^\[|\]$/g, "");
  const isPublic = publicName !== null && hostName(request.headers.host) === publicName;
  const options = {
    method: request.method,
    protocol,
    hostname: name,
    port,
    // The target of a request may look like the URL of another server ("//host/path"): it is no part of the address.
    path: request.url,
    // The other replica accepts its own names alone. The sign-in needs the name that the browser has.
    headers: { ...headersOf(request), host: isPublic ? request.headers.host : host },
    agent: false,
    signal,
  };
  if (protocol !== "https:") return httpRequest(options);
  // The certificate is for the replica. By default, Node would compare it with the Host header.
  return httpsRequest({ ...options, servername: isIP(name) === 0 ? name.replace(/\.$/, "") : "" });
}

/** @see RFC 9112, section 6.3 */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** A body without its length would be read as the next request on the connection, and Node frames it only for some methods. */
function headersOf(request: FastifyRequest) {
  const { "x-forwarded-for": before, ...headers } = withoutConnection(request.headers);
  const client = request.socket.remoteAddress ?? "";
  return {
    ...headers,
    ...(request.headers["transfer-encoding"] !== undefined && { "transfer-encoding": "chunked" }),
    "x-forwarded-for": before === undefined ? client : `${String(before)}, ${client}`,
    [FORWARDED_HEADER]: "1",
  };
}

function withoutConnection(headers: IncomingHttpHeaders) {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || OF_CONNECTION.has(name) ? [] : [[name, value] as const],
    ),
  );
}
