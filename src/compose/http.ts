import type { Config } from "../config/config.ts";
import type { HttpOptions, HttpServer } from "../http/start.ts";
import { clock } from "./ports.ts";
import { secretReader } from "./secrets.ts";
import { localToken } from "./state-files.ts";

export async function startHttpServer(
  { http, tokens, stateDir, webhooks, source }: Config,
  parts: Pick<HttpOptions, "control" | "telemetry" | "metrics">,
): Promise<HttpServer> {
  const { startHttp } = await import("../http/start.ts");
  return startHttp({
    ...parts,
    ...http,
    tokens,
    localToken: localToken(stateDir),
    webhooks: Object.fromEntries(
      Object.entries(webhooks).map(([sender, file]) => [sender, secretReader(file)]),
    ),
    tenantPath: source.tenantPath,
    clock,
  });
}
