import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isOwnHost } from "./addresses.ts";
import { SAFE_HEADERS } from "./answers.ts";
import { ApiFailure } from "../request/failure.ts";
import type { TlsListener } from "./tls-listener.ts";

/** Load balancers ask these often: they count against no limit. */
const PROBES: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

export interface Listeners {
  /** Of `http.listen`. */
  readonly host: string;
  /** null: there is none. */
  readonly tls: Pick<TlsListener, "host" | "covers"> | null;
  /** The host of `http.publicUrl`; null: there is none. */
  readonly publicName: string | null;
}

export interface RateLimits {
  /** Requests a minute and source address. */
  readonly requestsPerMinute: number;
  /** The part of them that may go to webhooks. */
  readonly hooksPerMinute: number;
  /** The part of them that may try to sign in. */
  readonly signInsPerMinute: number;
}

/** To ask who is signed in is no attempt. */
const ATTEMPTS: ReadonlySet<string> = new Set([
  "/auth/local",
  "/auth/local/links",
  "/auth/login",
  "/auth/callback",
]);

/** Checks of every request before its route: rate limits and the Host header. */
export async function registerDefences(
  app: FastifyInstance,
  listeners: Listeners,
  limits: RateLimits,
): Promise<void> {
  await app.register(rateLimit, { global: false, timeWindow: 60_000 });
  const all = app.createRateLimit({ max: limits.requestsPerMinute });
  const signIns = app.createRateLimit({ max: limits.signInsPerMinute });
  const hooks = app.createRateLimit({ max: limits.hooksPerMinute });
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    const route = request.routeOptions.url ?? "";
    if (!PROBES.has(route)) checkPace(await all(request), reply);
    if (route.startsWith("/hooks/")) checkPace(await hooks(request), reply);
    if (ATTEMPTS.has(route)) checkPace(await signIns(request), reply);
    checkHost(request, listeners);
  });
}

function checkPace(
  pace: Awaited<ReturnType<ReturnType<FastifyInstance["createRateLimit"]>>>,
  reply: FastifyReply,
): void {
  if (pace.isAllowed || !pace.isExceeded) return;
  const retryAfterSeconds = Math.max(1, pace.ttlInSeconds);
  reply.header("retry-after", String(retryAfterSeconds));
  throw new ApiFailure("TooManyRequests", `more than ${pace.max} requests in a minute`, {
    retryAfterSeconds,
  });
}

function checkHost(request: FastifyRequest, { host, tls, publicName }: Listeners): void {
  const localAddress = request.socket.localAddress ?? "";
  const isTls = tls !== null && request.protocol === "https";
  const listener = isTls
    ? { configured: tls.host, localAddress, publicName, covers: (name: string) => tls.covers(name) }
    : { configured: host, localAddress, publicName, covers: () => false };
  if (isOwnHost(request.headers.host, listener)) return;
  throw new ApiFailure("Forbidden", `the Host header names another server; ${isTls ? TLS_HOSTS : HOSTS}`);
}

const HOSTS = "use a loopback name, the host of http.listen or that of http.publicUrl";
const TLS_HOSTS =
  "use a loopback name, the host of http.tls.listen, that of http.publicUrl or a name of the certificate";
