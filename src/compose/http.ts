import type { Config } from "../config/config.ts";
import type { WebhookFiles } from "../config/git/source-config.ts";
import type { HookedSource } from "../http/routes/webhook.ts";
import type { HttpOptions, HttpServer } from "../http/start.ts";
import { clock } from "./ports.ts";
import { betweenParts } from "./process/load-parts.ts";
import { secretReader } from "./secrets.ts";
import { localToken } from "./state-files.ts";

export async function startHttpServer(
  { http, tokens, stateDir, webhooks, source, namespaceSources }: Config,
  parts: Pick<HttpOptions, "control" | "telemetry" | "metrics">,
): Promise<HttpServer> {
  const { startHttp } = await import("../http/start.ts");
  await betweenParts();
  return startHttp({
    ...parts,
    ...http,
    tokens,
    localToken: localToken(stateDir),
    webhooks: {
      platform: { name: source.name, namespace: null, senders: sendersOf(webhooks) },
      namespaces: namespaceSources.map(({ name, namespace, webhooks: own }) => ({
        name,
        namespace,
        senders: sendersOf(own),
      })),
    },
    tenantPath: source.tenantPath,
    clock,
  });
}

function sendersOf(files: WebhookFiles): HookedSource["senders"] {
  return Object.fromEntries(Object.entries(files).map(([sender, file]) => [sender, secretReader(file)]));
}
