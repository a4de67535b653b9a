import { Agent } from "node:https";
import type { STSClient } from "@aws-sdk/client-sts";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Clock } from "../../controller/ports/clock.ts";
import type { AwsClock, ClockReading } from "./aws-clock.ts";
import { toNetworkError } from "../../model/network/network-error.ts";
import { urlWithLogin, type Proxy, type ProxyRoutes } from "../../model/network/proxy.ts";

type Headers = Readonly<Record<string, string | undefined>>;
type Handle = STSClient["config"]["requestHandler"]["handle"];

interface HandlerOptions {
  readonly routes: ProxyRoutes;
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, "nowMs">;
  readonly awsClock: Pick<AwsClock, "answered">;
}

/** As many connections to one host as the SDK allows by default. */
const MAX_SOCKETS = 50;

/** The connections through a proxy with one login. */
interface Tunnels {
  /** With the login. */
  readonly url: string;
  readonly agent: TunnelAgent;
  readonly handler: NodeHttpHandler;
}

/** Its connections last for many requests; after `retire`, only for those that are running. */
class TunnelAgent extends Agent {
  declare keepAlive: boolean;

  retire(): void {
    // Node asks for it when a request ends, and closes the connection.
    this.keepAlive = false;
    for (const sockets of Object.values(this.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }
}

/**
 * Sends the requests of all clients: each directly, or through a proxy. The connections of a proxy are kept apart by its
 * login: a rotated password is used from the next request on, and the connections of the earlier one are closed.
 */
export class RoutedHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #options: HandlerOptions;
  readonly #direct: NodeHttpHandler;
  /** By URL of the proxy. */
  readonly #proxied = new Map<string, Tunnels>();

  constructor(options: HandlerOptions) {
    this.#options = options;
    this.#direct = new NodeHttpHandler(limits(options));
  }

  /** @throws NetworkError if a proxy or a certificate is the reason */
  async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const { protocol, hostname, port } = request;
    const proxy = this.#options.routes.proxyFor(
      `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`,
    );
    const sent = this.#moment();
    try {
      const answer = await (proxy === null ? this.#direct : this.#through(proxy)).handle(request, options);
      this.#answered(request.headers, answer.response.headers, sent);
      return answer;
    } catch (cause) {
      throw toNetworkError(cause, proxy) ?? cause;
    }
  }

  updateHttpClientConfig(): void {
    // No client changes the limits of the others.
  }

  httpHandlerConfigs() {
    return {};
  }

  destroy(): void {
    this.#direct.destroy();
    for (const { handler } of this.#proxied.values()) handler.destroy();
  }

  /** Only AWS is asked with a signature: other servers, such as those of credentials, have clocks of their own. */
  #answered(requestHeaders: Headers, { date, age }: Headers, sent: ClockReading): void {
    // A cache keeps the date of an earlier answer.
    if (requestHeaders["authorization"]?.startsWith("AWS4-") !== true || age !== undefined) return;
    const received = this.#moment();
    this.#options.awsClock.answered({ date, sent, received });
  }

  #moment(): ClockReading {
    return { wallMs: this.#options.clock.nowMs(), steadyMs: performance.now() };
  }

  #through(proxy: Proxy): NodeHttpHandler {
    const url = urlWithLogin(proxy);
    const known = this.#proxied.get(proxy.url);
    if (known?.url === url) return known.handler;
    known?.agent.retire();
    const httpsAgent = new TunnelAgent({
      keepAlive: true,
      maxSockets: MAX_SOCKETS,
      proxyEnv: { HTTPS_PROXY: url },
    });
    const handler = new NodeHttpHandler({ ...limits(this.#options), httpsAgent });
    this.#proxied.set(proxy.url, { url, agent: httpsAgent, handler });
    return handler;
  }
}

function limits({ timeoutMs }: HandlerOptions) {
  return {
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    throwOnRequestTimeout: true,
  };
}
