import type { FastifyRequest } from "fastify";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Control } from "../../controller/ports/control.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { JsonObject } from "../../model/values/json.ts";
import type { TokenScope } from "../../model/values/api-token.ts";
import type { Access } from "../access/access.ts";
import { readerOf, type Reader } from "./reader.ts";
import type { RequestedReconciles } from "./requested-reconciles.ts";
import type { TokenTable } from "../access/tokens.ts";
import type { WorldReader } from "./world.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set when the token is known; always set in routes of the API. */
    access: Access | null;
    /** The actor for the audit if there is no access: the name of an expired token, else `anonymous`. */
    refusedActor: string;
  }
  interface FastifyContextConfig {
    /** One of these is needed. */
    readonly scopes?: readonly TokenScope[];
  }
}

/** The parts that all routes use. */
export interface HttpContext {
  readonly control: Control;
  readonly tokens: TokenTable;
  readonly world: WorldReader;
  readonly requestedReconciles: RequestedReconciles;
  readonly tenantPath: string;
  /** By kind: the JSON Schema of its manifests. */
  readonly manifestSchemas: () => Promise<Readonly<Record<string, JsonObject>>>;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

export function accessOf(request: FastifyRequest): Access {
  if (request.access === null) throw new Error(`no access was checked for ${request.routeOptions.url}`);
  return request.access;
}

export async function openReader(context: HttpContext, access: Access): Promise<Reader> {
  const { control, tenantPath, clock } = context;
  return readerOf({ control, world: await context.world.read(), access, tenantPath, nowMs: clock.nowMs() });
}
