import type { FastifyInstance } from "fastify";
import { BASE_PATH } from "../api/group.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { Control } from "../controller/ports/control.ts";
import type { SessionStore } from "../controller/ports/browser/session-store.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { hostNames } from "./server/addresses.ts";
import { notFound, registerAnswers } from "./server/answers.ts";
import { requireCaller } from "./server/authentication.ts";
import { type AnswerLimits, type HttpContext, openReader } from "./request/context.ts";
import { registerDefences } from "./server/defences.ts";
import { bareApp, CONNECTIONS, type HttpServer, listening } from "./server/bare-app.ts";
import { TlsListener, type TlsListen } from "./server/tls-listener.ts";
import { registerChanges } from "./routes/changes.ts";
import { registerCluster } from "./routes/cluster.ts";
import { registerCommands } from "./routes/commands.ts";
import { registerDiscovery } from "./routes/discovery.ts";
import { registerEvents } from "./routes/events.ts";
import { registerProbes } from "./routes/probes.ts";
import { registerReads } from "./routes/reads.ts";
import { registerReviews } from "./routes/reviews.ts";
import { registerWebhook, type SourceWebhooks } from "./routes/webhook.ts";
import { PageSessions } from "./access/sessions.ts";
import { TokenTable } from "./access/tokens.ts";
import { registerPage } from "./page-files/page-routes.ts";
import { SessionCookies } from "./request/session-cookies.ts";
import { sessionGrants, type OidcSettings } from "./sign-in/oidc-provider.ts";
import { registerOidcSignIn } from "./sign-in/oidc-routes.ts";
import { registerLocalSignIn } from "./sign-in/local-routes.ts";
import { registerSessions } from "./sign-in/session-routes.ts";
import type { ApiToken } from "../model/values/api-token.ts";
import { RequestedReconciles } from "./request/requested-reconciles.ts";
import { WorldReader } from "./request/world.ts";
import type { WatchContext } from "./watch/context.ts";
import { Feeds } from "./watch/feeds.ts";
import { OpenWatches, WATCH_LIMITS, type WatchLimits } from "./watch/open-watches.ts";

export interface HttpOptions {
  readonly host: string;
  /** 0: one that the system chooses. */
  readonly port: number;
  /** A second listener, for the same requests; null: none. */
  readonly tls?: TlsListen | null;
  readonly control: Control;
  /** `http.replicaUrl`; missing: none. */
  readonly replicaUrl?: string | null;
  /** `http.trustedProxies`; missing: none. */
  readonly trustedProxies?: readonly string[];
  readonly tokens: readonly ApiToken[];
  /** The token in the state directory: all scopes, actor `local`. */
  readonly localToken: string;
  /** The senders that may report a push to each source; a secret is read at each delivery. */
  readonly webhooks: SourceWebhooks;
  /** The text of /metrics. */
  readonly metrics: () => Promise<string>;
  readonly page: PageOptions;
  /** The folder of the source with the folders of the teams. A team sees the problems in its own folder. */
  readonly tenantPath: string;
  /** By kind: the JSON Schema of its manifests, for `kubectl explain`. */
  readonly manifestSchemas: HttpContext["manifestSchemas"];
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly limits?: Partial<HttpLimits>;
}

/** The page, and how people sign in to it. */
export interface PageOptions {
  /** Of the built page; it may be missing. */
  readonly folder: string;
  /** A part of the name of its cookies. */
  readonly instance: string;
  readonly sessions: SessionStore;
  /** `http.publicUrl`; null: none. */
  readonly publicUrl: string | null;
  /** The provider at which people sign in; null: none. */
  readonly oidc: OidcSettings | null;
}

interface HttpLimits extends WatchLimits, AnswerLimits {
  /** By caller, without one by address. */
  readonly requestsPerMinute: number;
  readonly hooksPerMinute: number;
  readonly signInsPerMinute: number;
  /** A complete request must arrive within this time. */
  readonly requestMs: number;
  /** A connection without traffic is ended after this time, also one that does not read its response. */
  readonly idleMs: number;
}

const LIMITS: HttpLimits = {
  ...WATCH_LIMITS,
  requestsPerMinute: 1_200,
  hooksPerMinute: 60,
  signInsPerMinute: 30,
  requestMs: 15_000,
  idleMs: 60_000,
  answerMs: 300_000,
};

/**
 * Serves the API, the webhook and the probes.
 * @throws HttpListenError with `code` `port-in-use` and others
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port } = options;
  const limits = { ...LIMITS, ...options.limits };
  const app = bareApp(limits);
  const tls = options.tls ? new TlsListener(app, options.tls, { ...limits, connections: CONNECTIONS }) : null;
  await addRoutes(app, options, { limits, tls });
  return listening(app, { host, port }, tls);
}

async function addRoutes(
  app: FastifyInstance,
  options: HttpOptions,
  { limits, tls }: { readonly limits: HttpLimits; readonly tls: TlsListener | null },
): Promise<void> {
  const { control, telemetry, clock, tenantPath, manifestSchemas, page } = options;
  const publicUrl = page.publicUrl === null ? null : new URL(page.publicUrl);
  const publicPlace =
    publicUrl === null ? null : { host: publicUrl.host, isTls: publicUrl.protocol === "https:" };
  const read: HttpContext = {
    control,
    tokens: new TokenTable(options.tokens, options.localToken),
    sessions: new PageSessions({ store: page.sessions, clock, grantsOf: sessionGrants(page.oidc) }),
    cookies: new SessionCookies(page.instance, publicPlace),
    world: new WorldReader(control),
    requestedReconciles: new RequestedReconciles(control),
    tenantPath,
    manifestSchemas,
    telemetry,
    clock,
    limits,
  };
  const context = withWatches(app, read, { limits, tls });
  registerAnswers(app, context);
  const { host, trustedProxies = [], replicaUrl = null } = options;
  const names = hostNames([page.publicUrl, replicaUrl]);
  const listeners = { host, tls, names, trustedProxies };
  const countAttempt = await registerDefences(app, context, { listeners, limits });
  registerProbes(app, context, options.metrics);
  await registerWebhook(app, context, options.webhooks);
  registerPage(app, page.folder);
  registerSessions(app, context, { providerHost: page.oidc === null ? null : (publicUrl?.host ?? null) });
  registerLocalSignIn(app, context);
  if (page.oidc !== null && publicUrl !== null)
    registerOidcSignIn(app, context, { settings: page.oidc, publicUrl: publicUrl.origin, countAttempt });
  await registerApi(app, context);
}

/** Watches end before the connections are closed. */
function withWatches(
  app: FastifyInstance,
  context: HttpContext,
  { limits, tls }: { readonly limits: HttpLimits; readonly tls: TlsListener | null },
): WatchContext {
  const feeds = new Feeds({ ...context, openReader: (access) => openReader(context, access) });
  const watches = new OpenWatches(limits);
  watches.exemptFrom(app.server);
  tls?.exemptFrom(watches);
  app.addHook("preClose", async () => {
    feeds.close();
    await watches.close();
  });
  return { ...context, feeds, watches };
}

async function registerApi(app: FastifyInstance, context: WatchContext): Promise<void> {
  await app.register(
    (api, _options, done) => {
      requireCaller(api, context);
      api.setNotFoundHandler(notFound);
      registerReads(api, context);
      registerEvents(api, context);
      registerCommands(api, context);
      done();
    },
    { prefix: BASE_PATH },
  );
  await app.register(
    (changes, _options, done) => {
      requireCaller(changes, context);
      registerChanges(changes, context);
      done();
    },
    { prefix: BASE_PATH },
  );
  await app.register((cluster, _options, done) => {
    requireCaller(cluster, context);
    registerDiscovery(cluster, context);
    registerReviews(cluster);
    registerCluster(cluster, context);
    done();
  });
}
