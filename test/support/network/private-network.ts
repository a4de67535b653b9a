import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { connect, createServer as createRelay } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { RequestError, Server as ProxyServer } from "proxy-chain";
import type { ProxySettings } from "../../../src/model/network/proxy.ts";
import { readAuthorities, trustAuthorities } from "../../../src/network/authorities.ts";
import { Authority } from "./authority.ts";

interface NetworkOptions {
  /** The names in the certificate of every server. */
  readonly hosts: readonly string[];
  readonly expired?: true;
}

/**
 * A network without the internet: every server has the host name that it has in production, is reached only through a
 * proxy, and has a certificate of a private authority. Names are not resolved.
 */
export class PrivateNetwork {
  readonly folder = mkdtempSync(join(tmpdir(), "network-"));
  readonly authority = new Authority(this.folder);
  /** The tunnels that the proxy opened or refused, as `host:port`. */
  readonly tunnels: string[] = [];
  /** The user and password that the proxy wants; null: none. */
  login: { readonly user: string; readonly password: string } | null = null;
  /** The status with which the proxy refuses every tunnel; null: it allows them. */
  refusal: number | null = null;
  /** A server of this machine that every tunnel leads to, in place of the https servers; null: those. */
  tunnelPort: number | null = null;
  /** Answers for the server of a host. */
  serve: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => {
    response.writeHead(404).end();
  };
  readonly #proxy: ProxyServer;
  readonly #servers: Server;
  readonly #relay = createRelay((socket) => {
    const server = connect(this.tunnelPort ?? 0, "127.0.0.1");
    server.on("error", () => socket.destroy());
    socket.on("error", () => server.destroy());
    socket.pipe(server).pipe(socket);
  });
  readonly #trusted = getCACertificates("default");

  private constructor({ hosts, ...options }: NetworkOptions) {
    const { key, cert } = this.authority.issue(hosts, options);
    this.#servers = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (received, response) =>
      this.serve(received, response),
    );
    // Idle connections stay until the client closes them.
    this.#servers.keepAliveTimeout = 0;
    // A client that does not trust the certificate ends the handshake.
    this.#servers.on("tlsClientError", () => undefined);
    this.#proxy = new ProxyServer({
      port: 0,
      host: "127.0.0.1",
      prepareRequestFunction: ({ hostname, port, username, password, isHttp }) => {
        if (!isHttp) this.tunnels.push(`${hostname}:${port}`);
        const { login } = this;
        const isKnown = login === null || (username === login.user && password === login.password);
        if (!isKnown) return { requestAuthentication: true };
        if (this.refusal !== null) throw new RequestError("refused", this.refusal);
        // The proxy only hands a connection over, which every server takes.
        const relay = this.#relay as Server;
        return isHttp ? {} : { customConnectServer: this.tunnelPort === null ? this.#servers : relay };
      },
    });
  }

  static async start(options: NetworkOptions): Promise<PrivateNetwork> {
    const network = new PrivateNetwork(options);
    await network.#proxy.listen();
    return network;
  }

  get proxyUrl(): string {
    return `http://127.0.0.1:${this.#proxy.port}`;
  }

  /** Connections of clients to the proxy, the idle ones too. */
  get connections(): readonly number[] {
    return this.#proxy.getConnectionIds();
  }

  /** Every https server through the proxy. */
  settings(change: Partial<ProxySettings> = {}): ProxySettings {
    const server = { url: this.proxyUrl, login: { kind: "none" } } as const;
    return { http: server, https: server, noProxy: [], ...change };
  }

  /** Until the end of the test. */
  trust(): void {
    trustFile(this.authority.caFile);
  }

  /** Requests to every host are answered by this server. */
  forwardTo(base: string): void {
    this.serve = (received, response) => forward(base, received, response);
  }

  async stop(): Promise<void> {
    setDefaultCACertificates(this.#trusted);
    await this.#proxy.close(true);
    this.#servers.closeAllConnections();
    rmSync(this.folder, { recursive: true });
  }
}

export function trustFile(file: string): void {
  const read = readAuthorities(file);
  if (read.kind === "err") throw new Error(read.error.message);
  trustAuthorities(read.value);
}

function forward(base: string, received: IncomingMessage, response: ServerResponse): void {
  const { hostname, port } = new URL(base);
  const { method, headers, url: path } = received;
  const sent = request({ hostname, port, method, headers, path }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  sent.on("error", () => response.destroy());
  received.pipe(sent);
}
