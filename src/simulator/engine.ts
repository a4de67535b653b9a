import { randomUUID } from "node:crypto";
import { authenticate, type AuthenticatedCaller } from "./auth/authentication.ts";
import { CallLog, type CallRecord } from "./calls.ts";
import { Deliveries } from "./cloudtrail/deliveries.ts";
import { TrailHistory } from "./cloudtrail/history.ts";
import { waitForMessages } from "./sqs/long-poll.ts";
import { type ApiOperation, SchemaMismatch, withoutSecrets } from "./wire/schema.ts";
import type { RestResponse } from "./wire/rest-json.ts";
import { type Input, type Output, SimulatedError, own } from "./contract.ts";
import { type FaultKind, Faults } from "./faults.ts";
import type { RawRequest, Reply } from "./wire/http.ts";
import { Operations } from "./operations.ts";
import { pause } from "./pause.ts";
import { type Service, serviceNamed, signedService } from "./wire/services.ts";
import { signatureClaim, type SignatureClaim } from "./auth/signature.ts";
import type { QueueState } from "./sqs/state.ts";
import { type Rates, Throttle } from "./limits/throttle.ts";
import { type Watcher, Watchers, type ObservedCall } from "./watchers.ts";
import type { WorldState } from "./world.ts";

export interface EngineOptions {
  readonly nowMs: () => number;
  readonly visibilityMs: number;
  readonly latencyMs: number;
  readonly rates: Rates;
}

/** A call before its operation runs. */
interface Pending {
  readonly service: Service;
  readonly requestId: string;
  readonly operation: ApiOperation;
  readonly caller: AuthenticatedCaller;
  readonly input: Input;
  readonly site: ObservedCall;
}

/** The services whose limits count for each region. */
const REGIONAL_LIMITS: ReadonlySet<string> = new Set(["cloudtrail", "lambda", "ssm", "tag"]);

/** The result of a call, for the log. */
type CallResult = Pick<CallRecord, "status" | "errorCode" | "effective">;

interface Refused {
  readonly requestId: string;
  readonly refusal: SimulatedError;
  readonly claim: SignatureClaim | undefined;
}

/** Processes a request: authentication, decoding, faults, throttling, the operation, and the log. */
export class Engine {
  readonly world: WorldState;
  readonly log = new CallLog();
  readonly faults = new Faults();
  readonly events: Deliveries;
  readonly history = new TrailHistory();
  /** How far the clock of AWS is ahead of this machine. */
  clockOffsetMs = 0;
  readonly #watchers = new Watchers();
  readonly #options: EngineOptions;
  readonly #operations: Operations;
  readonly #throttle: Throttle;

  constructor(world: WorldState, options: EngineOptions) {
    this.world = world;
    this.#options = { ...options, nowMs: () => options.nowMs() + this.clockOffsetMs };
    this.events = new Deliveries(world);
    this.#operations = new Operations(world, options.visibilityMs, this.history);
    this.#throttle = new Throttle(options.rates);
  }

  /** Replaces the world in place, so that existing references see the new one. */
  replaceWorld(world: WorldState): void {
    const isWorld = [world.accounts, world.accessKeys, world.awsManaged].every(
      (part) => typeof part === "object",
    );
    if (!isWorld) throw new Error("this is not the state of a world");
    for (const part of ["accounts", "accessKeys", "awsManaged"] as const) {
      for (const key of Object.keys(this.world[part])) delete this.world[part][key];
      Object.assign(this.world[part], structuredClone(world[part]));
    }
    this.world.idCounter = world.idCounter;
    if (world.organizations === undefined) delete this.world.organizations;
    else this.world.organizations = structuredClone(world.organizations);
  }

  /** @returns a function that removes the watcher */
  watch(watcher: Watcher): () => void {
    return this.#watchers.add(watcher);
  }

  async handle(request: RawRequest, signal: AbortSignal): Promise<Reply> {
    const requestId = randomUUID();
    const claim = signatureClaim(request);
    const service = signedService(claim?.service) ?? anonymousService(request);
    try {
      if (claim === undefined) throw service.failures.missingToken;
      const clock = { nowMs: this.#options.nowMs(), wallMs: Date.now() + this.clockOffsetMs };
      const caller = await authenticate(this.world, { service, request, claim }, clock);
      return await this.#act({ ...admit(service, request, caller), requestId }, signal);
    } catch (error) {
      const refusal = asRefusal(error);
      this.#logRefusal(service, request, { requestId, refusal, claim });
      return completeReply(service.encodeError(refusal, requestId), requestId);
    }
  }

  async #act(pending: Pending, signal: AbortSignal): Promise<Reply> {
    if (this.#options.latencyMs > 0) await pause(this.#options.latencyMs, signal);
    const fault = this.faults.take({ ...pending.site, input: pending.input });
    if (fault?.kind === "delay") await pause(fault.ms, signal);
    if (fault?.kind === "hang") return this.#unanswered(pending, "never");
    if (fault?.kind === "dropped-request") return this.#unanswered(pending, "lost");
    if (this.#watchers.see({ ...pending.site, when: "before", effective: false }) === "drop")
      return this.#unanswered(pending, "lost");
    const { service, requestId, site } = pending;
    if (await this.#hasLeft(pending, signal)) return this.#unanswered(pending, "lost");
    try {
      if (fault?.kind === "error") throw new SimulatedError(fault.code, fault.message, fault.status);
      if (fault?.kind === "throttle" || !this.#admits(pending)) throw service.failures.throttled;
      const { output, effective } = this.#run(pending, fault);
      const response = service.encode(pending.operation, output, requestId);
      this.#log(pending, { status: response.status, effective });
      if (effective) this.#sendEvent(pending, output);
      const seen = this.#watchers.see({ ...site, when: "after", effective });
      return { ...completeReply(response, requestId), ending: seen === "drop" ? "lost" : endingOf(fault) };
    } catch (error) {
      const refusal = asRefusal(error);
      this.#log(pending, { status: refusal.status, errorCode: refusal.code, effective: false });
      const seen = this.#watchers.see({ ...site, when: "after", effective: false });
      const reply = completeReply(service.encodeError(refusal, requestId), requestId);
      return { ...reply, ending: seen === "drop" ? "lost" : endingOf(fault) };
    }
  }

  #admits({ service, operation, caller }: Pending): boolean {
    const place = REGIONAL_LIMITS.has(service.name)
      ? `${caller.account.id}/${caller.region}`
      : caller.account.id;
    return this.#throttle.admits(
      { service: service.name, operation: operation.name, place },
      this.#options.nowMs(),
    );
  }

  #run(
    pending: Pending,
    fault: FaultKind | undefined,
  ): { readonly output: Output; readonly effective: boolean } {
    const { service, operation, caller, requestId } = pending;
    const input = fault?.kind === "short-page" ? halved(pending.input) : pending.input;
    const nowMs = this.#options.nowMs();
    return this.#operations.run({
      service: service.name,
      operation: operation.name,
      caller,
      input,
      requestId,
      nowMs,
    });
  }

  /** A request to a queue that receives events waits for them. True: its caller did not wait as long. */
  async #hasLeft({ service, operation, caller, input }: Pending, signal: AbortSignal): Promise<boolean> {
    if (service.name !== "sqs" || operation.name !== "ReceiveMessage") return false;
    const { account, region } = caller;
    const name = String(input["QueueUrl"]).split("/").at(-1) ?? "";
    if (!this.events.sendsTo(account.id, region, name)) return false;
    const waitMs = Number(input["WaitTimeSeconds"] ?? 0) * 1_000;
    const queue = (): QueueState | undefined => account.queues?.[region]?.[name];
    await waitForMessages(queue, { waitMs, nowMs: this.#options.nowMs, signal });
    return signal.aborted;
  }

  #sendEvent({ service, operation, caller, input, site, requestId }: Pending, output: Output): void {
    if (service.name !== "iam" && service.name !== "lambda") return;
    const call = {
      service: service.name,
      operation: operation.name,
      caller,
      input: withoutSecrets(operation.input, input) as Input,
      output,
      requestId,
      userAgent: site.userAgent,
      nowMs: this.#options.nowMs(),
    } as const;
    this.events.send(call);
    this.history.add(call);
  }

  #unanswered(pending: Pending, ending: "never" | "lost"): Reply {
    this.#log(pending, { status: 0, effective: false });
    return { status: 0, headers: {}, body: "", ending };
  }

  #log({ site, operation, caller, input, requestId }: Pending, ending: CallResult): void {
    this.log.add({
      ...site,
      atMs: this.#options.nowMs(),
      region: caller.region,
      requestId,
      input: withoutSecrets(operation.input, input) as Input,
      ...ending,
    });
  }

  /** Logs a call that was refused before its operation. */
  #logRefusal(service: Service, request: RawRequest, { requestId, refusal, claim }: Refused): void {
    const key = own(this.world.accessKeys, claim?.keyId ?? "");
    this.log.add({
      atMs: this.#options.nowMs(),
      accountId: key?.accountId ?? "",
      region: claim?.region ?? "",
      service: service.name,
      operation: service.operationOf(request)?.name ?? "unknown",
      requestId,
      userAgent: request.headers["user-agent"] ?? "",
      principalArn: key?.principalArn ?? "",
      input: {},
      status: refusal.status,
      errorCode: refusal.code,
      effective: false,
    });
  }
}

/** @throws SimulatedError if there is no such operation or the input does not match it */
function admit(
  service: Service,
  request: RawRequest,
  caller: AuthenticatedCaller,
): Omit<Pending, "requestId"> {
  const operation = service.operationOf(request);
  if (operation === undefined) throw service.failures.unknownOperation(request);
  const input = decoded(service, operation, request);
  const missing = operation.required.find((name) => input[name] === undefined);
  if (missing !== undefined) throw missingMember(service, missing);
  const site = {
    service: service.name,
    operation: operation.name,
    accountId: caller.account.id,
    principalArn: caller.key.principalArn,
    userAgent: request.headers["user-agent"] ?? "",
  };
  return { service, operation, caller, input, site };
}

/** Input that does not match the schema is a bug of the caller: the error is clear, and an SDK does not retry it. */
function decoded(service: Service, operation: ApiOperation, request: RawRequest): Input {
  try {
    return service.decode(operation, request);
  } catch (error) {
    if (error instanceof SchemaMismatch) throw new SimulatedError("SchemaMismatch", error.message, 400);
    throw error;
  }
}

function missingMember(service: Service, name: string): SimulatedError {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  const message = `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`;
  return new SimulatedError(
    service.name === "lambda" ? "ValidationException" : "ValidationError",
    message,
    400,
  );
}

/** IAM and STS are called by POST to the root, Lambda by paths. */
function anonymousService(request: RawRequest): Service {
  return serviceNamed(request.path === "/" ? "iam" : "lambda");
}

/** A bug in the simulator is a clear error, with a status that an SDK does not retry. */
function asRefusal(error: unknown): SimulatedError {
  if (error instanceof SimulatedError) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new SimulatedError("SimulatorBug", text, 501);
}

function completeReply({ status, headers, body }: RestResponse, requestId: string): Reply {
  return { status, headers: { ...headers, "x-amzn-requestid": requestId }, body, ending: "whole" };
}

function endingOf(fault: FaultKind | undefined): Reply["ending"] {
  if (fault?.kind === "lost-response") return "lost";
  return fault?.kind === "truncate" ? "cut" : "whole";
}

function halved(input: Input): Input {
  const maxItems = typeof input["MaxItems"] === "number" ? input["MaxItems"] : 100;
  return { ...input, MaxItems: Math.max(1, Math.floor(maxItems / 2)) };
}
