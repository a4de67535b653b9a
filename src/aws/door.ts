import type { Telemetry } from "../controller/ports/telemetry.ts";
import { AwsError } from "../model/aws-error.ts";
import type { Region } from "../model/ids.ts";
import { objectOf, type CallSite, type ReadCall } from "./calls.ts";
import type { WriteCall } from "../model/action.ts";
import type { Circuits } from "./circuit.ts";
import { abandoned, classify, isThrottle, secondTry } from "./classify.ts";
import type { Clients } from "./clients.ts";
import type { Pace } from "./pace.ts";
import { permissionFor } from "./permissions.ts";
import { sendCommand, type SdkClient, type SdkCommand } from "./send.ts";
import type { Session, Sessions, Speaker } from "./sessions.ts";

export interface Request<Output> {
  readonly speaker: Speaker;
  readonly call: ReadCall | WriteCall;
  /** Null for IAM. */
  readonly region: Region | null;
  readonly input: Readonly<Record<string, unknown>>;
  /** A fresh command each time: it is sent once. */
  readonly command: () => SdkCommand<Output>;
  /** Null for reads. */
  readonly intent: number | null;
}

export interface DoorParts {
  readonly clients: Clients;
  readonly sessions: Sessions;
  readonly pace: Pace;
  readonly circuits: Circuits;
  readonly telemetry: Telemetry;
}

/** The one way to IAM and Lambda: session, circuit, budget, time-out, and errors in our words. */
export class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** @throws AwsError; the signal's reason when it was aborted before anything was sent */
  async send<Output>(request: Request<Output>, signal: AbortSignal): Promise<Output> {
    const site = siteOf(request);
    this.#parts.circuits.check(site);
    return this.probe(request, signal);
  }

  /** As `send`, but also where a circuit is open: for `doctor`. */
  async probe<Output>(request: Request<Output>, signal: AbortSignal): Promise<Output> {
    const site = siteOf(request);
    const { circuits } = this.#parts;
    try {
      const output = await this.#sendTwiceIfRefused(request, site, signal);
      circuits.succeeded(site);
      return output;
    } catch (cause) {
      // A stop may carry another call's failure as its reason.
      if (!(cause instanceof AwsError) || signal.aborted) throw cause;
      circuits.failed(site, cause);
      throw cause;
    }
  }

  /**
   * A session that AWS no longer takes is replaced, and the call made once more: it was refused before it did anything,
   * so that holds for writes too. What may have taken effect is never repeated.
   */
  async #sendTwiceIfRefused<Output>(
    request: Request<Output>,
    site: CallSite,
    signal: AbortSignal,
  ): Promise<Output> {
    const { sessions } = this.#parts;
    const session = await this.#session(request, signal);
    try {
      return await this.#attempt(request, session, { site, signal });
    } catch (cause) {
      const again = cause instanceof AwsError && !signal.aborted ? secondTry(cause) : null;
      if (again === null) throw await this.#withoutRevoked(cause, request, session);
      if (again === "new-session") await sessions.ended(request.speaker, session);
    }
    const renewed = await this.#session(request, signal);
    try {
      return await this.#attempt(request, renewed, { site, signal });
    } catch (cause) {
      const isRefused = cause instanceof AwsError && secondTry(cause) === "new-session";
      if (isRefused) await sessions.ended(request.speaker, renewed);
      throw cause;
    }
  }

  /** Sessions of an account that denies everything may have been revoked: its next probe speaks with a new one. */
  async #withoutRevoked(cause: unknown, { speaker }: Request<unknown>, session: Session): Promise<unknown> {
    const disposition = cause instanceof AwsError ? cause.facts.disposition : null;
    if (disposition?.kind === "circuit" && disposition.scope === "account")
      await this.#parts.sessions.ended(speaker, session);
    return cause;
  }

  #session({ speaker }: Request<unknown>, signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted();
    return this.#parts.sessions.get(speaker, signal);
  }

  async #attempt<Output>(
    request: Request<Output>,
    session: Session,
    { site, signal }: { readonly site: CallSite; readonly signal: AbortSignal },
  ): Promise<Output> {
    signal.throwIfAborted();
    const { clients, pace } = this.#parts;
    const { family } = permissionFor(request.call);
    const lane = pace.lane(
      request.speaker.account,
      request.region,
      family,
      request.intent === null ? "read" : "write",
    );
    const mark = request.intent === null ? null : `gk-intent/${request.intent}`;
    const options = { lane, mark, attemptMs: clients.attemptMs, isThrottle };
    try {
      const output = await sendCommand(clientOf(session, request), request.command(), options, signal);
      this.#count(request, "ok");
      return output;
    } catch (cause) {
      const error = this.#failure(cause, request, site, signal);
      this.#count(request, error.facts.code);
      throw error;
    }
  }

  #failure(cause: unknown, request: Request<unknown>, site: CallSite, signal: AbortSignal): AwsError {
    if (!signal.aborted) return classify(cause, site);
    if (request.intent === null) throw signal.reason;
    return abandoned(site);
  }

  #count(request: Request<unknown>, result: string): void {
    const labels = { account: request.speaker.account.name, operation: request.call, result };
    this.#parts.telemetry.count("aws_requests_total", labels);
  }
}

function siteOf({ speaker, call, region, input }: Request<unknown>): CallSite {
  return { call, identity: speaker.identity, accountId: speaker.account.id, region, object: objectOf(input) };
}

function clientOf(session: Session, request: Request<unknown>): SdkClient {
  return request.region === null ? session.iam() : session.lambda(request.region);
}
