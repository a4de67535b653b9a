/** The clients of bench/watches.ts, in a process of their own: they list, watch, ask, and count what they receive. */
import { Agent, get, type IncomingMessage } from "node:http";
import { setTimeout as timer } from "node:timers/promises";
import { tenths } from "./measure.ts";

/** The argument of the program, as JSON. */
export interface WatchClients {
  /** Of the API. */
  readonly url: string;
  readonly token: string;
  readonly watches: number;
  readonly requestsPerSecond: number;
}

/** `timings`: of the requests since the last time. */
export type ClientTask =
  "list" | "page" | "watch" | "ask" | "events" | "timings" | "ended" | "stall" | "dropped";

/** How many requests there were, and how long they took. */
export interface Timings {
  /** Begun in this time. */
  readonly sent: number;
  /** Answered in this time, also those that began before it. */
  readonly answered: number;
  readonly seconds: number;
  /** Without a complete answer: each with its time and its error. */
  readonly dropped: readonly string[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const { url, token, watches, requestsPerSecond } = JSON.parse(process.argv[2] ?? "") as WatchClients;
/** Within this time a client that reads on sees the end of its connection. */
const SEEN_MS = 10_000;
let received = 0;
let sent = 0;
let sinceMs = 0;
let tookMs: number[] = [];
let dropped: string[] = [];
/** Watches that the server ended. */
let ended = 0;

/** As clients do, which ask again and again on one connection; a watch has one for itself. */
const agent = new Agent({ keepAlive: true });

function open(path: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { headers: { authorization: `Bearer ${token}` }, agent };
  get(`${url}${path}`, options, resolve).on("error", reject);
  return promise;
}

async function read(path: string): Promise<string> {
  let text = "";
  const response = await open(path);
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
  response.setEncoding("utf8");
  for await (const piece of response) text += String(piece);
  return text;
}

/** The version of a list of all bindings. */
async function list(path: string): Promise<string> {
  const { metadata } = JSON.parse(await read(path)) as {
    readonly metadata: { readonly resourceVersion: string };
  };
  return metadata.resourceVersion;
}

async function openWatches(): Promise<void> {
  const version = await list("/bindings?limit=500");
  for (let at = 0; at < watches; at += 1) {
    const response = await open(`/bindings?watch=true&resourceVersion=${version}`);
    response.on("data", (bytes: Buffer) => {
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) received += 1;
    });
    response.on("error", () => undefined).on("close", () => void (ended += 1));
  }
}

/** A watch whose client reads nothing; it is one of `openWatches` otherwise. */
let stalled: IncomingMessage | null = null;

async function stall(): Promise<void> {
  stalled = await open("/bindings?watch=true&sendInitialEvents=true");
  stalled.on("error", () => undefined);
}

/** Whether the server has ended the stalled watch: only who reads on sees it. */
async function isDropped(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  stalled?.on("close", () => resolve(true)).resume();
  const isOver = await Promise.race([promise, timer(SEEN_MS, false)]);
  stalled?.destroy();
  return isOver;
}

/** From now on small lists at a fixed rate, also while earlier ones have no answer: a slow server is asked as often as a fast one. */
async function ask(): Promise<void> {
  const beganMs = performance.now();
  sinceMs = beganMs;
  for (let count = 1; ; count += 1) {
    sent += 1;
    void timed();
    await timer(Math.max(0, beganMs + (count * 1_000) / requestsPerSecond - performance.now()));
  }
}

async function timed(): Promise<void> {
  const beganMs = performance.now();
  try {
    await read("/holds");
    tookMs.push(performance.now() - beganMs);
  } catch (error) {
    dropped.push(`${Math.round(performance.now() - beganMs)} ms: ${String(error)}`);
  }
}

async function timings(): Promise<Timings> {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const nowMs = performance.now();
  const counted = { sent, answered: sorted.length, seconds: (nowMs - sinceMs) / 1_000, dropped };
  sent = 0;
  sinceMs = nowMs;
  tookMs = [];
  dropped = [];
  const at = (part: number): number => tenths(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
  return { ...counted, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

const TASKS: Readonly<Record<ClientTask, () => Promise<unknown>>> = {
  list: () => list("/bindings"),
  page: () => list("/bindings?limit=500"),
  watch: openWatches,
  ask: async () => void ask(),
  events: async () => received,
  ended: async () => ended,
  stall,
  dropped: isDropped,
  timings,
};

process.on("message", (task: ClientTask) => {
  void TASKS[task]().then((answer) => process.send?.(answer ?? null));
});
