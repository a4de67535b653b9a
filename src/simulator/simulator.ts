import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallRecord } from "./calls.ts";
import type { EventDelivery } from "./cloudtrail/deliveries.ts";
import type { HistoryDelivery } from "./cloudtrail/history.ts";
import { Engine } from "./engine.ts";
import type { Fault } from "./faults.ts";
import { readRequest, sendReply, type RawRequest, type Reply } from "./wire/http.ts";
import type { Rates } from "./limits/throttle.ts";
import type { Watcher } from "./watchers.ts";
import type { WorldState } from "./world.ts";

export interface Simulator {
  /** `http://127.0.0.1:PORT`, for all services, accounts and regions. */
  readonly endpoint: string;
  /** The live state, for assertions. */
  readonly world: WorldState;
  /** All API calls in order. */
  calls(): readonly CallRecord[];
  /** "iam:ListRoles" → number of calls, sorted by name. */
  counts(): Readonly<Record<string, number>>;
  /** A deep copy. */
  exportWorld(): WorldState;
  /** Replaces the content of `world`. */
  importWorld(world: WorldState): void;
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Sends an event of CloudTrail to a queue after each call from now on that changes IAM or Lambda. */
  sendEvents(delivery: EventDelivery): void;
  stopEvents(): void;
  /** When and whether LookupEvents shows the events from now on of an account. Default: each, immediately. */
  deliverHistory(delivery: HistoryDelivery): void;
  /** The clock of AWS (signatures, dates of answers, events, expiry) is ahead of this machine's from now on. */
  setClock(offsetMs: number): void;
  /**
   * The watcher sees every call before it acts and before it is answered.
   * @returns a function that removes the watcher
   */
  watch(watcher: Watcher): () => void;
  /** Closes all connections, including hanging ones. */
  close(): Promise<void>;
}

export interface SimulatorOptions {
  readonly world: WorldState;
  /** Default: loopback only. */
  readonly host?: string;
  /** Default: chosen by the system. */
  readonly port?: number;
  /**
   * The clock of the world: creation times, expiry, visibility. Signatures are checked with the wall clock, because
   * callers sign with it.
   */
  readonly nowMs?: () => number;
  /** The time until writes to IAM become visible to reads and to other services. Default: immediately visible. */
  readonly visibilityMs?: number;
  /** The time before each call acts. Default: none. */
  readonly latencyMs?: number;
  /** Default: no throttling. */
  readonly rates?: Rates;
}

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { world, host = "127.0.0.1", port = 0 } = options;
  const { nowMs = Date.now, visibilityMs = 0, latencyMs = 0, rates = {} } = options;
  const engine = new Engine(world, { nowMs, visibilityMs, latencyMs, rates });
  const stopping = new AbortController();
  const server = createServer(
    (message, response) => void serve(engine, { message, response }, stopping.signal),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    stopping.abort();
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return facade(engine, `http://${host}:${address.port}`, close);
}

async function serve(
  engine: Engine,
  { message, response }: { readonly message: IncomingMessage; readonly response: ServerResponse },
  signal: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const request = await readRequest(message);
    const isControl = request.path.startsWith(CONTROL_PREFIX);
    const waiting = AbortSignal.any([signal, gone.signal]);
    const reply = isControl ? control(engine, request) : await engine.handle(request, waiting);
    response.setHeader("date", new Date(Date.now() + engine.clockOffsetMs).toUTCString());
    sendReply(response, reply);
  } catch {
    response.destroy(); // The caller closed the connection or sent an invalid request.
  }
}

function facade(engine: Engine, endpoint: string, close: () => Promise<void>): Simulator {
  return {
    endpoint,
    world: engine.world,
    calls: () => engine.log.since(0),
    counts: () => engine.log.counts(),
    exportWorld: () => structuredClone(engine.world),
    importWorld: (world) => engine.replaceWorld(world),
    addFault: (fault) => engine.faults.add(fault),
    clearFaults: () => engine.faults.clear(),
    sendEvents: (delivery) => engine.events.add(delivery),
    stopEvents: () => engine.events.clear(),
    deliverHistory: (delivery) => engine.history.deliver(delivery),
    setClock: (offsetMs) => {
      engine.clockOffsetMs = offsetMs;
    },
    watch: (watcher) => engine.watch(watcher),
    close,
  };
}

export const CONTROL_PREFIX = "/_simulator/";

/** The control API for tests and the demo in another process, by method and path below the prefix. */
const ROUTES: Readonly<Record<string, (engine: Engine, request: RawRequest) => unknown>> = {
  "GET state": ({ world }) => world,
  "PUT state": (engine, { body }) => {
    engine.replaceWorld(JSON.parse(body) as WorldState);
    return {};
  },
  "GET calls": ({ log }, { query }) => log.since(Number(query.get("since") ?? "0")),
  "GET counts": ({ log }) => log.counts(),
  "POST events": ({ events }, { body }) => {
    events.add(JSON.parse(body) as EventDelivery);
    return {};
  },
  "DELETE events": ({ events }) => {
    events.clear();
    return {};
  },
  "POST history": ({ history }, { body }) => {
    history.deliver(JSON.parse(body) as HistoryDelivery);
    return {};
  },
  "PUT clock": (engine, { body }) => {
    engine.clockOffsetMs = (JSON.parse(body) as { readonly offsetMs: number }).offsetMs;
    return {};
  },
  "POST faults": ({ faults }, { body }) => {
    faults.add(JSON.parse(body) as Fault);
    return {};
  },
  "DELETE faults": ({ faults }) => {
    faults.clear();
    return {};
  },
};

export function control(engine: Engine, request: RawRequest): Reply {
  const route = ROUTES[`${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`];
  if (route === undefined) return answer(404, { message: `no ${request.method} ${request.path}` });
  try {
    return answer(200, route(engine, request));
  } catch (error) {
    return answer(400, { message: String(error) });
  }
}

function answer(status: number, value: unknown): Reply {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
    ending: "whole",
  };
}
