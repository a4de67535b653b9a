import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { answerClientError } from "./answers.ts";
import { toListenError } from "./listen-error.ts";

/** The certificate of the listener with its private key, in PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  /** Whether clients accept the certificate for this name. */
  covers(host: string): boolean;
}

/** A listener for clients that send no token over plain HTTP, such as kubectl. */
export interface TlsListen {
  readonly host: string;
  /** 0: one that the system chooses. */
  readonly port: number;
  readonly identity: TlsIdentity;
}

interface TlsLimits {
  readonly requestMs: number;
  readonly idleMs: number;
  readonly connections: number;
}

/** The same routes with the same limits as the plain listener; closed together with the app. */
export class TlsListener {
  readonly #server: Server;
  readonly #host: string;
  readonly #port: number;
  #identity: TlsIdentity;

  constructor(app: FastifyInstance, { host, port, identity }: TlsListen, limits: TlsLimits) {
    const { requestMs, idleMs, connections } = limits;
    this.#host = host;
    this.#port = port;
    this.#identity = identity;
    this.#server = createServer(
      {
        cert: identity.cert,
        key: identity.key,
        requestTimeout: requestMs,
        headersTimeout: requestMs,
        handshakeTimeout: requestMs,
        connectionsCheckingInterval: Math.ceil(requestMs / 3),
        keepAliveTimeout: app.server.keepAliveTimeout,
      },
      (request, response) => app.routing(request, response),
    );
    this.#server.maxConnections = connections;
    this.#server.setTimeout(idleMs);
    this.#server.on("clientError", answerClientError);
    // A failed handshake would reach the listener of clientError, which answers in plain text.
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
    app.addHook("onClose", () => this.#close());
  }

  /** @throws HttpListenError */
  async listen(): Promise<void> {
    const at = { host: this.#host, port: this.#port, setting: "http.tls.listen" } as const;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen({ host: this.#host, port: this.#port }, resolve);
    await promise.catch((cause: unknown) => {
      throw toListenError(cause, at);
    });
    this.#server.off("error", reject);
  }

  get host(): string {
    return this.#host;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Its limit of connections is kept by those. */
  exemptFrom(watches: { readonly exemptFrom: (listener: Server) => void }): void {
    watches.exemptFrom(this.#server);
  }

  /** New connections use it; open ones stay. @throws if the two do not fit together */
  use(identity: TlsIdentity): void {
    this.#server.setSecureContext({ cert: identity.cert, key: identity.key });
    this.#identity = identity;
  }

  covers(host: string): boolean {
    return this.#identity.covers(host);
  }

  async #close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
