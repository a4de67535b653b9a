import type { HookedSource } from "../../../src/http/routes/webhook.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { startHttp, type HttpOptions } from "../../../src/http/start.ts";
import type { HttpServer } from "../../../src/http/server/bare-app.ts";
import { untraced, type Telemetry } from "../../../src/controller/ports/telemetry.ts";
import { describedKinds } from "../../../src/manifest/explained/described-schema.ts";
import { BASE_PATH } from "../../../src/api/group.ts";
import { MemorySessions } from "../fakes/memory-sessions.ts";
import { FakeControl, NOW } from "../fakes/fake-control.ts";
import type { FakeState } from "../fakes/fake-state.ts";
import { fakeState } from "./api-world.ts";
import { checkAnswered } from "./published.ts";

export const LOCAL_TOKEN = "local-token-0123456789abcdef01234567";
/** Its namespaces: orders. */
export const ORDERS_TOKEN = "orders-token";
export const READER_TOKEN = "reader-token";
export const EXPIRED_TOKEN = "expired-token";

type Scope = HttpOptions["tokens"][number]["scopes"][number];

function token(secret: string, name: string, scopes: readonly Scope[], namespaces: readonly string[]) {
  const sha256 = createHash("sha256").update(secret).digest("hex");
  return { name, sha256, scopes, namespaces, expires: "2027-01-01T00:00:00Z" };
}

const ALL: readonly Scope[] = ["read", "reconcile", "suspend", "approve"];
const TOKENS: HttpOptions["tokens"] = [
  token(ORDERS_TOKEN, "ci-orders", ALL, ["orders"]),
  token(READER_TOKEN, "reader", ["read"], ["*"]),
  { ...token(EXPIRED_TOKEN, "old", ALL, ["*"]), expires: NOW },
];

/** A token that may read these namespaces. */
export function readToken(
  secret: string,
  name: string,
  namespaces: readonly string[],
): HttpOptions["tokens"][number] {
  return token(secret, name, ["read"], namespaces);
}

interface Counted {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Logged {
  readonly level: string;
  readonly text: string;
  readonly fields: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly json: any;
}

/** The names of the objects in a list. */
export function names({ json }: Answer): readonly string[] {
  return json.items.map((item: { metadata: { name: string } }) => item.metadata.name);
}

export interface TestServer {
  readonly url: string;
  readonly tls: HttpServer["tls"];
  readonly port: number;
  readonly control: FakeControl;
  readonly counted: readonly Counted[];
  readonly logged: readonly Logged[];
  readonly get: (path: string, token?: string | null) => Promise<Answer>;
  readonly post: (path: string, body: unknown, token?: string | null) => Promise<Answer>;
  readonly request: (path: string, init: RequestInit) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** The real server on a port that the system chooses, over a fake controller whose clock shows NOW. */
export async function startTestServer(
  change: { readonly state?: Partial<FakeState>; readonly options?: Partial<HttpOptions> } = {},
): Promise<TestServer> {
  const control = new FakeControl({ ...fakeState(), ...change.state });
  const counted: Counted[] = [];
  const logged: Logged[] = [];
  const server = await startHttp({
    host: "127.0.0.1",
    port: 0,
    control,
    tokens: TOKENS,
    localToken: LOCAL_TOKEN,
    webhooks: hooksOf({}),
    metrics: async () => "grantkeeper_build_info 1\n",
    page: {
      folder: "/nonexistent",
      instance: "acme",
      sessions: new MemorySessions(),
      publicUrl: null,
      oidc: null,
    },
    tenantPath: "teams",
    manifestSchemas: async () => describedKinds(),
    telemetry: recorder(counted, logged),
    clock: { nowMs: () => Date.parse(NOW), sleep: () => Promise.reject(new Error("no test waits here")) },
    ...change.options,
  });
  return testServer(server, control, counted, logged);
}

/** The webhooks of a platform source, and of a namespace source `orders`. */
export function hooksOf(
  senders: HookedSource["senders"],
  ofOrders: HookedSource["senders"] = {},
): HttpOptions["webhooks"] {
  return {
    platform: { name: "main", namespace: null, senders },
    namespaces: [{ name: "orders", namespace: "orders" as Namespace, senders: ofOrders }],
  };
}

function recorder(counted: Counted[], logged: Logged[]): Telemetry {
  const log = (level: string) => (text: string, fields?: unknown) => {
    logged.push({ level, text, fields });
  };
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    count: (metric, labels = {}) => counted.push({ metric, labels }),
    gauge: () => undefined,
    observe: () => undefined,
    forget: () => undefined,
    trace: untraced,
  };
}

function testServer(
  server: HttpServer,
  control: FakeControl,
  counted: readonly Counted[],
  logged: readonly Logged[],
): TestServer {
  const request = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${server.url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    const json: unknown = isJson && text !== "" ? JSON.parse(text) : null;
    checkAnswered(json);
    return { status: response.status, headers: response.headers, text, json };
  };
  return {
    url: server.url,
    tls: server.tls,
    port: Number(new URL(server.url).port),
    control,
    counted,
    logged,
    request,
    get: (path, token = LOCAL_TOKEN) => request(`${BASE_PATH}${path}`, { headers: bearer(token) }),
    post: (path, body, token = LOCAL_TOKEN) =>
      request(`${BASE_PATH}${path}`, {
        method: "POST",
        headers: { ...bearer(token), "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    close: () => server.close(),
  };
}

export function bearer(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** Writes the bytes as they are and reads until the server ends the connection. */
export function rawExchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
  return readUntilEnd(socket);
}

export function readUntilEnd(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => (text += chunk));
  socket.on("end", () => {
    socket.destroy();
    resolve(text);
  });
  socket.on("error", reject);
  return promise;
}
