import type { FastifyRequest } from "fastify";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Control } from "../../controller/ports/control.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { JsonObject } from "../../model/values/json.ts";
import type { TokenScope } from "../../model/values/api-token.ts";
import { type Access, type ApiCaller, accessFor, identityText } from "../access/access.ts";
import type { PageSessions } from "../access/sessions.ts";
import type { SessionCookies } from "./session-cookies.ts";
import { readerOf, type Reader } from "./reader.ts";
import type { RequestedReconciles } from "./requested-reconciles.ts";
import type { TokenTable } from "../access/tokens.ts";
import type { WorldReader } from "./world.ts";
import { ApiFailure } from "./failure.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set when the token or the session is known; always set in routes of the API. */
    caller: ApiCaller | null;
    /** The actor for the audit if there is no access: the name of an expired token, else `anonymous`. */
    refusedActor: string;
  }
  interface FastifyContextConfig {
    /** One of these is needed. `any`: every caller may ask, and the answer has nothing of a namespace. */
    readonly scopes?: readonly TokenScope[] | "any";
  }
}

/** A long answer is made from a read of the record, which stays in memory meanwhile. */
export interface AnswerLimits {
  /** A client that takes nothing for this time is dropped. */
  readonly slowMs: number;
  /** The longest time of one answer, however often the client takes a little. */
  readonly answerMs: number;
}

/** The parts that all routes use. */
export interface HttpContext {
  readonly control: Control;
  readonly tokens: TokenTable;
  readonly sessions: PageSessions;
  /** Of the cookie with the token of a session. */
  readonly cookies: SessionCookies;
  readonly world: WorldReader;
  readonly requestedReconciles: RequestedReconciles;
  readonly tenantPath: string;
  /** By kind: the JSON Schema of its manifests. */
  readonly manifestSchemas: () => Promise<Readonly<Record<string, JsonObject>>>;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly limits: AnswerLimits;
}

export function callerOf(request: FastifyRequest): ApiCaller {
  if (request.caller === null) throw new Error(`no caller was checked for ${request.routeOptions.url}`);
  return request.caller;
}

/** Where the caller has the scopes of the route. @throws ApiFailure Forbidden */
export function accessOf(request: FastifyRequest): Access {
  const { url, config } = request.routeOptions;
  if (config.scopes === undefined || config.scopes === "any")
    throw new Error(`the route ${url} has no scopes of its own`);
  return checkScope(callerOf(request), config.scopes);
}

export async function openReader(context: HttpContext, access: Access): Promise<Reader> {
  const { control, tenantPath, clock } = context;
  return readerOf({ control, world: await context.world.read(), access, tenantPath, nowMs: clock.nowMs() });
}

/** One of the scopes is needed. @returns where the caller has it @throws ApiFailure Forbidden */
export function checkScope(caller: ApiCaller, wanted: readonly TokenScope[]): Access {
  const access = accessFor(caller, wanted);
  if (access !== null) return access;
  throw new ApiFailure("Forbidden", `${identityText(caller)} lacks the scope ${wanted.join(" or ")}`);
}

/** To approve or suspend, a person proved their identity this recently: a session that was left open is not enough. */
const PROOF_MS = 15 * 60_000;

/** @throws ApiFailure Forbidden, with the reason `SignInAgain` */
export function checkProof({ provedMs }: ApiCaller, nowMs: number): void {
  if (provedMs === null || nowMs - provedMs < PROOF_MS) return;
  if (provedMs === 0)
    throw new ApiFailure(
      "Forbidden",
      "approving and suspending need the time of the sign-in, which the provider does not report",
      { hint: "let the provider send the claim auth_time; until then, use a token" },
    );
  throw new ApiFailure(
    "Forbidden",
    "approving and suspending need a sign-in of the last 15 minutes: sign in again",
    { reason: "SignInAgain" },
  );
}
