import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { FORWARDED_HEADER } from "./addresses.ts";

const CONNECT_MS = 5_000;

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

/**
 * Sends a request to another replica with the same host and token, and its answer back, as it comes: it may be a watch.
 * @param address the URL of that replica
 * @throws ForwardFailure
 */
export async function forward(request: FastifyRequest, reply: FastifyReply, address: string): Promise<void> {
  const answer = await answerOf(request, address);
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers));
  answer.pipe(raw);
  // The reader left: the other replica ends the watch.
  raw.once("close", () => answer.destroy());
  answer.once("error", () => raw.destroy());
}

function answerOf(request: FastifyRequest, address: string): Promise<IncomingMessage> {
  const { protocol, hostname, port } = new URL(address);
  const send = protocol === "https:" ? httpsRequest : httpRequest;
  // The target of a request may look like the URL of another server ("//host/path"): it is no part of the address.
  const to = { protocol, hostname: hostname.replace(/^\[|\]$/g, ""), port, path: request.url };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method } = request;
  const sent = send({ ...to, method, headers: headersOf(request), agent: false }, resolve);
  sent.setTimeout(CONNECT_MS, () => {
    if (sent.socket?.connecting !== false) sent.destroy(new Error("it does not answer in time"));
  });
  sent.once("error", (cause) => reject(new ForwardFailure(cause.message, { cause })));
  request.raw.once("close", () => {
    if (!request.raw.complete) sent.destroy();
  });
  // The body is not kept: it may be large, and nothing is known of its sender.
  if (request.body instanceof Readable) request.body.pipe(sent);
  else sent.end();
  return promise;
}

/** The proxies that `http.trustedProxies` names believe the address; the protocol is for cookies of the page. */
function headersOf(request: FastifyRequest) {
  const { "x-forwarded-for": before, ...headers } = withoutConnection(request.headers);
  const client = request.socket.remoteAddress ?? "";
  return {
    ...headers,
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
