import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { WebhookFiles } from "../../config/git/source-config.ts";
import type { HookedSource } from "../../http/routes/webhook.ts";
import type { HttpOptions, PageOptions } from "../../http/start.ts";
import type { StandbyHttpOptions } from "../../http/standby.ts";
import type { HttpServer } from "../../http/server/bare-app.ts";
import { clock } from "../ports.ts";
import { betweenParts } from "../process/load-parts.ts";
import { secretReader } from "../secrets.ts";
import { localToken } from "../state-files.ts";
import { PACKAGE_FOLDER } from "../version.ts";
import { openOidc } from "./oidc.ts";
import { openTls } from "./tls.ts";

export async function startHttpServer(
  config: Config,
  parts: Pick<HttpOptions, "control" | "telemetry" | "metrics"> & {
    readonly sessions: PageOptions["sessions"];
    readonly routes: ProxyRoutes;
  },
): Promise<HttpServer> {
  const { http, tokens, stateDir, webhooks, source, namespaceSources, instance } = config;
  const { sessions, routes, ...running } = parts;
  const { startHttp } = await import("../../http/start.ts");
  await betweenParts();
  return startHttp({
    ...running,
    host: http.host,
    port: http.port,
    tls: await openTls(config),
    replicaUrl: http.replicaUrl,
    trustedProxies: http.trustedProxies,
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
    page: {
      folder: join(PACKAGE_FOLDER, "dist", "page"),
      instance,
      sessions,
      publicUrl: http.publicUrl,
      oidc: await openOidc(config, routes),
    },
    tenantPath: source.tenantPath,
    manifestSchemas: async () =>
      (await import("../../manifest/explained/described-schema.ts")).describedKinds(),
    clock,
  });
}

/** What a standby serves, at the same addresses. */
export async function startStandbyServer(
  config: Config,
  parts: Pick<StandbyHttpOptions, "active" | "isAway" | "held" | "telemetry" | "metrics">,
): Promise<HttpServer> {
  const { http, tokens, stateDir } = config;
  const { startStandbyHttp } = await import("../../http/standby.ts");
  return startStandbyHttp({
    ...parts,
    host: http.host,
    port: http.port,
    tls: await openTls(config),
    publicUrl: http.publicUrl,
    replicaUrl: http.replicaUrl,
    tokens,
    localToken: localToken(stateDir),
    clock,
  });
}

function sendersOf(files: WebhookFiles): HookedSource["senders"] {
  return Object.fromEntries(Object.entries(files).map(([sender, file]) => [sender, secretReader(file)]));
}
