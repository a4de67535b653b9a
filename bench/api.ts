import { clock } from "../src/compose/ports.ts";
import type { Control } from "../src/controller/ports/control.ts";
import type { Telemetry } from "../src/controller/ports/telemetry.ts";
import type { HttpServer } from "../src/http/server/bare-app.ts";
import { startHttp } from "../src/http/start.ts";
import type { OpenController } from "./in-process.ts";

export const TOKEN = "bench-token-0123456789abcdef01234567";

interface ApiParts extends Pick<OpenController, "sessions"> {
  readonly telemetry: Telemetry;
  /** Of the web page. Default: there is none. */
  readonly pageFolder?: string;
}

/** The API of a controller of this process on a free port, without limits that a bench would reach. */
export function startApi(
  control: Control,
  { sessions, telemetry, pageFolder = "/nonexistent" }: ApiParts,
): Promise<HttpServer> {
  return startHttp({
    host: "127.0.0.1",
    port: 0,
    control,
    tokens: [],
    localToken: TOKEN,
    webhooks: { platform: { name: "permissions", namespace: null, senders: {} }, namespaces: [] },
    metrics: async () => "",
    page: { folder: pageFolder, instance: "bench", sessions, publicUrl: null, oidc: null },
    tenantPath: "teams",
    manifestSchemas: async () => ({}),
    telemetry,
    clock,
    limits: { requestsPerMinute: 1_000_000, perToken: 512 },
  });
}
