import { fastify, type FastifyInstance } from "fastify";
import { reachable, serverUrl } from "./addresses.ts";
import { answerBadPath, answerClientError } from "./answers.ts";
import { toListenError } from "./listen-error.ts";
import type { TlsIdentity, TlsListener } from "./tls-listener.ts";

const BODY_BYTES = 262_144;
export const CONNECTIONS = 512;

/** Zod parses the requests (parse.ts): Fastify's own schema compilers would load a hundred modules more. */
const NO_SCHEMAS = { buildValidator: noSchemas, buildSerializer: noSchemas };

function noSchemas(): never {
  throw new Error("no route has a schema");
}

export interface HttpServer {
  readonly url: string;
  readonly tls: {
    readonly url: string;
    /** New connections use it. */
    use(identity: TlsIdentity): void;
  } | null;
  close(): Promise<void>;
}

interface BareLimits {
  /** A complete request must arrive within this time. */
  readonly requestMs: number;
  /** A connection without traffic is ended after this time, also one that does not read its response. */
  readonly idleMs: number;
  readonly answerMs: number;
}

/** A server with its limits, and without a route. */
export function bareApp({ requestMs, idleMs, answerMs }: BareLimits): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: requestMs,
    connectionTimeout: idleMs,
    http: { headersTimeout: requestMs, connectionsCheckingInterval: Math.ceil(requestMs / 3) },
    forceCloseConnections: true,
    exposeHeadRoutes: true,
    // Longer than Node's limit for headers, so that an overlong name is simply not found.
    routerOptions: { maxParamLength: 65_536 },
    schemaController: { compilersFactory: NO_SCHEMAS },
    frameworkErrors: answerBadPath,
    clientErrorHandler: answerClientError,
  });
  app.server.maxConnections = CONNECTIONS;
  app.removeContentTypeParser("text/plain");
  // A connection is not idle while its answer is made.
  app.addHook("preHandler", async ({ raw }) => void raw.socket.setTimeout(answerMs));
  app.addHook("onSend", async ({ raw }) => void raw.socket.setTimeout(idleMs));
  return app;
}

/** @throws HttpListenError with `code` `port-in-use` and others */
export async function listening(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
  tls: TlsListener | null,
): Promise<HttpServer> {
  try {
    await app.listen({ host, port }).catch((cause: unknown) => {
      throw toListenError(cause, { host, port, setting: "http.listen" });
    });
    await tls?.listen();
  } catch (cause) {
    await app.close();
    throw cause;
  }
  const bound = app.server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server has no port");
  return {
    url: serverUrl(reachable(host), bound.port),
    tls: tls === null ? null : tlsServer(tls),
    close: () => app.close(),
  };
}

function tlsServer(listener: TlsListener): NonNullable<HttpServer["tls"]> {
  const url = serverUrl(reachable(listener.host), listener.port, "https");
  return { url, use: (identity) => listener.use(identity) };
}
