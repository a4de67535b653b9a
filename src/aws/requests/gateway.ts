import { actionNameOf } from "../../model/aws/action-name.ts";
import type { EventLoop } from "../../controller/ports/event-loop.ts";
import type { Span, SpanStart, Telemetry } from "../../controller/ports/telemetry.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { AccountId, Region } from "../../model/aws/ids.ts";
import { objectOf, type AwsCall, type CallSite, type QueueCall } from "../calls/calls.ts";
import type { Circuits } from "./circuit.ts";
import { abandoned, classify, secondTry } from "../errors/classify.ts";
import { asFenced, notSent } from "../errors/fenced.ts";
import type { Clients } from "./clients.ts";
import type { CallRateLimits, RateLimit } from "./rate-limits.ts";
import { permissionFor } from "../calls/permissions.ts";
import { sendCommand, SessionTooShort, WriteTooLate, type SdkClient, type SdkCommand } from "./send.ts";
import type { Session, Sessions, CallPrincipal } from "./sessions.ts";
import type { WriteFence } from "./write-fence.ts";

export interface AwsRequest<Output> {
  readonly principal: CallPrincipal;
  readonly call: Exclude<AwsCall, QueueCall | "sts:AssumeRole">;
  /** Null for IAM and Organizations. */
  readonly region: Region | null;
  readonly input: Readonly<Record<string, unknown>>;
  /** Creates a new command for each attempt, because a command is sent only once. */
  readonly command: () => SdkCommand<Output>;
  /** Null for reads. */
  readonly intent: number | null;
  /** Of a read; missing: a change or a person waits for it. */
  readonly urgency?: "background";
}

export interface AwsGatewayParts {
  readonly clients: Clients;
  readonly sessions: Sessions;
  readonly rateLimits: CallRateLimits;
  readonly circuits: Circuits;
  readonly telemetry: Telemetry;
  readonly eventLoop: Pick<EventLoop, "turn">;
  /** How long this process may still write in the account; Infinity: no other process writes. */
  readonly writeLeftMs: (accountId: AccountId) => number;
  readonly fence: Pick<WriteFence, "leftMs">;
}

/**
 * All calls to IAM and Lambda go through this class. It applies session, circuit, budget and timeout, and classifies
 * errors.
 */
export class AwsGateway {
  readonly #parts: AwsGatewayParts;

  constructor(parts: AwsGatewayParts) {
    this.#parts = parts;
  }

  /** @throws AwsError, or the signal's reason if it was aborted before the request was sent */
  async send<Output>(request: AwsRequest<Output>, signal: AbortSignal): Promise<Output> {
    this.#parts.circuits.check(siteOf(request));
    return this.probe(request, signal);
  }

  /** Like `send`, but ignores open circuits; for `doctor`. */
  async probe<Output>(request: AwsRequest<Output>, signal: AbortSignal): Promise<Output> {
    const site = siteOf(request);
    const { circuits } = this.#parts;
    try {
      const output = await this.#sendTwiceIfRefused(request, signal);
      circuits.succeeded(site);
      return output;
    } catch (cause) {
      // The reason of an abort may be the failure of another call.
      if (cause instanceof AwsError && !signal.aborted) circuits.failed(site, cause);
      throw cause;
    }
  }

  /**
   * If AWS no longer accepts a session, it is replaced and the call is made once more. AWS rejected the call before it
   * had an effect, so this is safe for writes too. A call that may have had an effect is never repeated.
   */
  async #sendTwiceIfRefused<Output>(request: AwsRequest<Output>, signal: AbortSignal): Promise<Output> {
    const { sessions } = this.#parts;
    const session = await this.#session(request, signal);
    try {
      return await this.#traced(request, session, signal);
    } catch (cause) {
      const again = cause instanceof AwsError && !signal.aborted ? secondTry(cause) : null;
      if (again === null) throw await this.#withoutRevoked(cause, request, session);
      if (again === "new-session") await sessions.ended(request.principal, session);
    }
    const renewed = await this.#session(request, signal);
    try {
      return await this.#traced(request, renewed, signal);
    } catch (cause) {
      const isRefused = cause instanceof AwsError && secondTry(cause) === "new-session";
      if (isRefused) await sessions.ended(request.principal, renewed);
      throw cause;
    }
  }

  /** If an account denies everything, its sessions may have been revoked, so the next probe uses a new session. */
  async #withoutRevoked(
    cause: unknown,
    { principal }: AwsRequest<unknown>,
    session: Session,
  ): Promise<unknown> {
    const disposition = cause instanceof AwsError ? cause.facts.disposition : null;
    if (disposition?.kind === "circuit" && disposition.scope === "account")
      await this.#parts.sessions.ended(principal, session);
    return cause;
  }

  #session({ principal }: AwsRequest<unknown>, signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted();
    return this.#parts.sessions.get(principal, signal);
  }

  #traced<Output>(request: AwsRequest<Output>, session: Session, signal: AbortSignal): Promise<Output> {
    return this.#parts.telemetry.trace(spanOf(request), async (span) => {
      try {
        return await this.#attempt(request, { session, span }, signal);
      } catch (cause) {
        if (cause instanceof AwsError) {
          const { code, requestId } = cause.facts;
          span.fail(code);
          if (requestId !== null) span.set({ "aws.request_id": requestId });
        }
        throw cause;
      }
    });
  }

  async #attempt<Output>(
    request: AwsRequest<Output>,
    { session, span }: { readonly session: Session; readonly span: Span },
    signal: AbortSignal,
  ): Promise<Output> {
    signal.throwIfAborted();
    const { clients, rateLimits, eventLoop, writeLeftMs, fence } = this.#parts;
    const { principal, region, intent } = request;
    const { family } = permissionFor(request.call);
    const urgency = intent === null ? (request.urgency ?? "read") : "write";
    const options = {
      client: await clientOf(session, request),
      rateLimit: inTurns(
        rateLimits.limitOf({ account: principal.account, region, family, urgency }),
        eventLoop,
      ),
      write:
        intent === null
          ? null
          : {
              mark: `gk-intent/${intent}`,
              leftMs: () => writeLeftMs(principal.account.id),
              sessionLeftMs: () => fence.leftMs(session.fenceMs),
            },
      attemptMs: clients.attemptMs,
    };
    try {
      const output = await sendCommand(request.command(), options, signal);
      span.set(httpStatusOf(output));
      this.#count(request, "ok");
      return output;
    } catch (cause) {
      span.set(httpStatusOf(cause));
      const failure = failureOf(cause, request, signal);
      const isOver = fence.leftMs(session.fenceMs) <= 0;
      const error = session.fenceMs === null ? failure : asFenced(failure, isOver);
      this.#count(request, error.facts.code);
      throw error;
    }
  }

  #count(request: AwsRequest<unknown>, result: string): void {
    const labels = { account: request.principal.account.name, operation: request.call, result };
    this.#parts.telemetry.count("aws_requests_total", labels);
  }
}

/**
 * Hundreds of requests may be due together, after a pass of many accounts has begun: to sign and send them in one turn of
 * the event loop would block it.
 */
function inTurns(limit: RateLimit, eventLoop: Pick<EventLoop, "turn">): RateLimit {
  const take = async (signal: AbortSignal): Promise<void> => {
    await limit.take(signal);
    await eventLoop.turn();
    signal.throwIfAborted();
  };
  return { ...limit, take };
}

/** Of an answer or an error of the SDK; nothing if AWS did not answer. */
function httpStatusOf(of: unknown): Readonly<Record<string, number>> {
  const metadata = typeof of === "object" && of !== null && "$metadata" in of ? of.$metadata : null;
  const { httpStatusCode } = (metadata ?? {}) as { readonly httpStatusCode?: number };
  return httpStatusCode === undefined ? {} : { "http.response.status_code": httpStatusCode };
}

/** @see https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/ */
function spanOf({ call, principal, region, intent }: AwsRequest<unknown>): SpanStart {
  const { service: prefix, name: method } = actionNameOf(call);
  const service = SERVICES[prefix] ?? prefix;
  return {
    name: `${service}.${method}`,
    kind: "client",
    attributes: {
      "rpc.system": "aws-api",
      "rpc.service": service,
      "rpc.method": method,
      "cloud.provider": "aws",
      "cloud.account.id": principal.account.id,
      "grantkeeper.account": principal.account.name,
      "grantkeeper.identity": principal.identity,
      ...(region !== null && { "cloud.region": region }),
      ...(intent !== null && { "grantkeeper.intent": intent }),
    },
  };
}

const SERVICES: Readonly<Record<string, string>> = {
  iam: "IAM",
  lambda: "Lambda",
  sts: "STS",
  organizations: "Organizations",
  tag: "Resource Groups Tagging API",
  cloudformation: "CloudFormation",
  cloudtrail: "CloudTrail",
  events: "EventBridge",
  ssm: "SSM",
};

function clientOf(session: Session, { call, region }: AwsRequest<unknown>): SdkClient | Promise<SdkClient> {
  if (call.startsWith("organizations:")) return session.organizations();
  if (region === null) return session.iam();
  if (call.startsWith("cloudformation:")) return session.cloudFormation(region);
  if (call === "cloudtrail:LookupEvents") return session.cloudTrail(region);
  if (call.startsWith("events:")) return session.events(region);
  if (call === "ssm:GetParameters") return session.ssm(region);
  return call.startsWith("tag:") ? session.tagging(region) : session.lambda(region);
}

function siteOf({ principal, call, region, input }: AwsRequest<unknown>): CallSite {
  return {
    call,
    identity: principal.identity,
    accountId: principal.account.id,
    region,
    object: objectOf(input),
  };
}

/** @throws the signal's reason if a read was aborted */
function failureOf(cause: unknown, request: AwsRequest<unknown>, signal: AbortSignal): AwsError {
  // Nothing was sent; the next read shows that the write has no effect.
  if (cause instanceof WriteTooLate) return abandoned(siteOf(request));
  if (cause instanceof SessionTooShort) return notSent(siteOf(request), "session-ends");
  if (!signal.aborted) return classify(cause, siteOf(request));
  if (request.intent === null) throw signal.reason;
  return abandoned(siteOf(request));
}
