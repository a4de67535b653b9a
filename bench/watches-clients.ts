/** The clients of bench/watches.ts: they list, open watches, and count what they receive. */
import { get, type IncomingMessage } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

interface Task {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly watches: number;
}

const { url, tokens, watches } = workerData as Task;
let received = 0;

function open(path: string, token: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { headers: { authorization: `Bearer ${token}` }, agent: false } as const;
  get(`${url}${path}`, options, resolve).on("error", reject);
  return promise;
}

async function listVersion(token: string): Promise<string> {
  let text = "";
  const response = await open("/bindings", token);
  response.setEncoding("utf8");
  for await (const piece of response) text += String(piece);
  const { metadata } = JSON.parse(text) as { readonly metadata: { readonly resourceVersion: string } };
  return metadata.resourceVersion;
}

async function openWatches(): Promise<void> {
  const versions = await Promise.all(tokens.map(listVersion));
  for (let at = 0; at < watches; at += 1) {
    const of = at % tokens.length;
    const path = `/bindings?watch=true&resourceVersion=${versions[of] ?? ""}`;
    const response = await open(path, tokens[of] ?? "");
    response.on("data", (bytes: Buffer) => {
      for (const byte of bytes) if (byte === 10) received += 1;
    });
    response.on("error", () => undefined);
  }
}

const TASKS: Readonly<Record<string, () => Promise<unknown>>> = {
  list: () => listVersion(tokens[0] ?? ""),
  open: openWatches,
  count: async () => received,
};

parentPort?.on("message", (name: string) => {
  void TASKS[name]?.().then((answer) => parentPort?.postMessage(answer ?? null));
});
