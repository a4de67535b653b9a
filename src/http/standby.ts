import { setMaxListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { replicaLabel, type ReplicaRecord } from "../model/network/replica.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { registerHeldAccounts, type HeldAccounts } from "./replica/held-account.ts";
import { seesEverything } from "./access/access.ts";
import { type Authentication, TokenTable } from "./access/tokens.ts";
import { checkScope } from "./request/context.ts";
import { ApiFailure, asFailure } from "./request/failure.ts";
import { isLoopbackAddress } from "../model/network/loopback.ts";
import { FORWARDED_HEADER, hostNames } from "./server/addresses.ts";
import { SAFE_HEADERS, sendFailure } from "./server/answers.ts";
import { bareApp, CONNECTIONS, type HttpServer, listening } from "./server/bare-app.ts";
import { checkHost } from "./server/defences.ts";
import { forward, FORWARD_LIMITS, ForwardFailure, type ForwardTarget } from "./server/forward.ts";
import { TlsListener } from "./server/tls-listener.ts";
import type { HttpOptions } from "./start.ts";

export interface StandbyHttpOptions extends Pick<
  HttpOptions,
  "host" | "port" | "tls" | "tokens" | "localToken" | "metrics" | "clock"
> {
  /** `http.publicUrl`; null: none. */
  readonly publicUrl: string | null;
  /** `http.replicaUrl` of this replica; null: none. */
  readonly replicaUrl: string | null;
  readonly limits?: ForwardTarget["limits"];
  readonly telemetry: Telemetry;
  /** null: no account can be assigned to this replica now. */
  readonly held: () => HeldAccounts | null;
  /** Another replica, which has the lease; null: none is known. */
  readonly active: () => ReplicaRecord | null;
  /** Whether the database did not answer at the last look. */
  readonly isAway: () => boolean;
}

const LIMITS = { requestMs: 15_000, idleMs: 60_000, answerMs: 300_000 };
/** The active replica has the limits. */
const BODY_BYTES = Number.MAX_SAFE_INTEGER;
/** A takeover takes longer only if the active replica was killed. */
const RETRY_SECONDS = 5;

/**
 * Serves what a standby answers by itself (its probes and metrics), and forwards everything else to the active replica. If that
 * is not reached, it answers 503.
 * @throws HttpListenError as `startHttp`
 */
export async function startStandbyHttp(options: StandbyHttpOptions): Promise<HttpServer> {
  const app = bareApp(LIMITS);
  const limits = { ...LIMITS, connections: CONNECTIONS };
  const tls = options.tls ? new TlsListener(app, options.tls, limits) : null;
  const names = hostNames([options.publicUrl, options.replicaUrl]);
  const tokens = new TokenTable(options.tokens, options.localToken);
  const caller = ({ headers }: FastifyRequest): Authentication =>
    tokens.authenticate(headers.authorization, options.clock.nowMs());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, body, done) => done(null, body));
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    checkHost(request, { host: options.host, tls, names });
  });
  app.setErrorHandler((error, request, reply) => {
    const failure = asFailure(error) ?? unexpected(error, options.telemetry);
    const { retryAfterSeconds } = failure.details;
    if (retryAfterSeconds !== undefined) reply.header("retry-after", String(retryAfterSeconds));
    // The rest of its body is not read.
    if (request.body !== undefined) reply.header("connection", "close");
    return sendFailure(request, reply, failure);
  });
  registerOwn(app, options, caller);
  registerHeldAccounts(app, options.held);
  const forwarding = { options, caller, signal: endingWith(app) };
  app.all("/*", { bodyLimit: BODY_BYTES }, (request, reply) => toActive(request, reply, forwarding));
  app.all("/", (request, reply) => toActive(request, reply, forwarding));
  return listening(app, options, tls);
}

function unexpected(error: unknown, telemetry: Telemetry): ApiFailure {
  telemetry.error("request failed", { error: error instanceof Error ? error.message : String(error) });
  return new ApiFailure("InternalError", "internal error: see the log of the controller");
}

/** `/readyz` is for load balancers, which send requests to the active replica alone; with `standbyok=true` it is for updates, which wait for each replica. */
function registerOwn(
  app: FastifyInstance,
  { active, isAway, metrics }: StandbyHttpOptions,
  caller: (request: FastifyRequest) => Authentication,
): void {
  for (const path of ["/healthz", "/livez"]) app.get(path, () => ({ status: "ok" }));
  app.get("/readyz", (request, reply) => {
    const { standbyok } = request.query as { readonly standbyok?: unknown };
    const ready = standbyok === "true" && !isAway();
    reply.code(ready ? 200 : 503);
    const waitingFor = [isAway() ? "the database" : `the lease of ${activeText(active())}`];
    return isLoopbackAddress(request.ip)
      ? { ready, standby: true, waitingFor: ready ? [] : waitingFor, comparing: [] }
      : { ready, standby: true };
  });
  app.get("/metrics", async (request, reply) => {
    const found = caller(request);
    const isKnown = found.kind === "known" && seesEverything(checkScope(found.caller, ["read"]));
    if (!isLoopbackAddress(request.ip) && !isKnown)
      throw new ApiFailure("Unauthorized", "the metrics need a token that sees all namespaces");
    reply.header("content-type", "text/plain; version=0.0.4; charset=utf-8");
    return metrics();
  });
}

/** Ends the requests that wait for the active replica, while they can be answered: this replica takes over, or ends. */
function endingWith(app: FastifyInstance): AbortSignal {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  app.addHook("preClose", async () => {
    ending.abort();
    await setImmediate();
  });
  return ending.signal;
}

interface Forwarding {
  readonly options: Pick<StandbyHttpOptions, "active" | "telemetry" | "publicUrl" | "limits">;
  readonly caller: (request: FastifyRequest) => Authentication;
  readonly signal: AbortSignal;
}

/** The token of a state directory is known to its own replica alone, so its requests are not forwarded. */
async function toActive(
  request: FastifyRequest,
  reply: FastifyReply,
  { options, caller, signal }: Forwarding,
): Promise<void> {
  const found = caller(request);
  const isLocal = found.kind === "known" && found.caller.actor === "local";
  const isNamed = found.kind === "known" || isLoopbackAddress(request.ip);
  const to = options.active();
  const address = to?.address ?? null;
  if (address === null || isLocal || request.headers[FORWARDED_HEADER] !== undefined)
    throw standbyFailure(to, { isNamed, isLocal });
  try {
    const [publicName = null] = hostNames([options.publicUrl]);
    await forward(request, reply, { address, publicName, limits: options.limits ?? FORWARD_LIMITS, signal });
  } catch (cause) {
    if (!(cause instanceof ForwardFailure)) throw cause;
    const reason = cause.message;
    if (!reply.raw.destroyed) options.telemetry.warn("a request was not forwarded", { to: address, reason });
    throw new ApiFailure("ServiceUnavailable", "the active replica does not answer", {
      retryAfterSeconds: RETRY_SECONDS,
    });
  }
}

/** The token of the request is in the state directory of the standby. */
const TOKEN_OF_ACTIVE =
  ": a token of `tokens` in the operator's file, or that of the file api-token in the state directory of the active replica; the one of this state directory is valid for this replica alone";

/** Only callers with a token, and those on this machine, learn the name. */
function standbyFailure(
  active: ReplicaRecord | null,
  { isNamed, isLocal }: { readonly isNamed: boolean; readonly isLocal: boolean },
): ApiFailure {
  const who = isNamed ? activeText(active) : "another one";
  const address = isNamed ? (active?.address ?? null) : null;
  return new ApiFailure("ServiceUnavailable", `this replica is a standby; ${who} is active`, {
    retryAfterSeconds: RETRY_SECONDS,
    hint:
      address === null
        ? `ask the active replica, with --server and GRANTKEEPER_TOKEN${isLocal ? TOKEN_OF_ACTIVE : ""}`
        : `ask the active replica: --server ${address}, with GRANTKEEPER_TOKEN${isLocal ? TOKEN_OF_ACTIVE : ""}`,
  });
}

function activeText(active: ReplicaRecord | null): string {
  return active === null ? "no other replica" : replicaLabel(active);
}
