import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isOwnHost } from "./addresses.ts";
import { SAFE_HEADERS } from "./answers.ts";
import { isEmbedded } from "./embedded.ts";
import { presentedCaller } from "./authentication.ts";
import { ClientAddresses, clientNetwork } from "./client-address.ts";
import type { HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import type { TlsListener } from "./tls-listener.ts";

/** Load balancers ask these often: they count against no limit. */
const PROBES: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz"]);

export interface Listeners {
  /** Of `http.listen`. */
  readonly host: string;
  /** null: there is none. */
  readonly tls: Pick<TlsListener, "host" | "covers"> | null;
  /** The hosts of `http.publicUrl` and `http.replicaUrl`. */
  readonly names: readonly string[];
  /** `http.trustedProxies` */
  readonly trustedProxies: readonly string[];
}

export interface RateLimits {
  /** Requests a minute of each caller; of clients without a valid token or session, by their address. The files of the page are counted apart. */
  readonly requestsPerMinute: number;
  /** The part of them that may go to webhooks, by address. */
  readonly hooksPerMinute: number;
  /** The part of them that may try to sign in, by address. */
  readonly signInsPerMinute: number;
}

/**
 * To ask who is signed in is no attempt. The way to a provider is none either: the provider judges it. Behind a proxy, a few
 * requests of one client would otherwise keep all people from it.
 */
const ATTEMPTS: ReadonlySet<string> = new Set(["/auth/local", "/auth/local/links"]);

const PAGE_FILES: ReadonlySet<string> = new Set(["/", "/ui", "/ui/*"]);

/** Counts an attempt to sign in. @throws ApiFailure TooManyRequests */
export type CountAttempt = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

interface Defences {
  readonly listeners: Listeners;
  readonly limits: RateLimits;
}

/** Checks of every request before its route: rate limits, the Host header, and that no other page embeds the answer. */
export async function registerDefences(
  app: FastifyInstance,
  context: HttpContext,
  { listeners, limits }: Defences,
): Promise<CountAttempt> {
  await app.register(rateLimit, { global: false, timeWindow: 60_000 });
  const addresses = new ClientAddresses(listeners.trustedProxies);
  const byAddress = (request: FastifyRequest): string => `address ${clientNetwork(addresses.of(request))}`;
  const keyGenerator = async (request: FastifyRequest): Promise<string> => {
    const caller = await presentedCaller(context, request);
    return caller === null ? byAddress(request) : `caller ${caller.actor}`;
  };
  const all = app.createRateLimit({ max: limits.requestsPerMinute, keyGenerator });
  const files = app.createRateLimit({ max: limits.requestsPerMinute, keyGenerator });
  const signIns = app.createRateLimit({ max: limits.signInsPerMinute, keyGenerator: byAddress });
  const hooks = app.createRateLimit({ max: limits.hooksPerMinute, keyGenerator: byAddress });
  const countAttempt: CountAttempt = async (request, reply) => checkPace(await signIns(request), reply);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    const route = request.routeOptions.url ?? "";
    if (PAGE_FILES.has(route)) checkPace(await files(request), reply);
    else if (!PROBES.has(route)) checkPace(await all(request), reply);
    if (route.startsWith("/hooks/")) checkPace(await hooks(request), reply);
    if (ATTEMPTS.has(route)) await countAttempt(request, reply);
    checkHost(request, listeners);
    checkOnItsOwn(request);
  });
  return countAttempt;
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

/**
 * A page around this one could make people press its buttons. Browsers obey the headers of each answer and show nothing; that
 * someone tried is for the record. @throws ApiFailure Forbidden
 */
function checkOnItsOwn(request: FastifyRequest): void {
  if (isEmbedded(request)) throw new ApiFailure("Forbidden", "another page tried to show this one inside it");
}

/** @throws ApiFailure Forbidden */
export function checkHost(
  request: FastifyRequest,
  { host, tls, names }: Omit<Listeners, "trustedProxies">,
): void {
  const localAddress = request.socket.localAddress ?? "";
  const isTls = tls !== null && request.protocol === "https";
  const listener = isTls
    ? { configured: tls.host, localAddress, names, covers: (name: string) => tls.covers(name) }
    : { configured: host, localAddress, names, covers: () => false };
  if (isOwnHost(request.headers.host, listener)) return;
  throw new ApiFailure("Forbidden", `the Host header names another server; ${isTls ? TLS_HOSTS : HOSTS}`);
}

const HOSTS = "use a loopback name, or the host of http.listen, http.publicUrl or http.replicaUrl";
const TLS_HOSTS =
  "use a loopback name, the host of http.tls.listen, http.publicUrl or http.replicaUrl, or a name of the certificate";
