import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** One part of the answers of one operation, as its tag is called on the wire. */
export interface LeftOut {
  readonly operation: string;
  readonly element: string;
}

/** A server in front of another one that removes parts of its XML answers, as an AWS would that does not send them. */
export interface LeavingOut {
  readonly endpoint: string;
  /** From now on; `null` sends everything. */
  leaveOut(part: LeftOut | null): void;
  /** How many answers were changed since. */
  changed(): number;
  close(): Promise<void>;
}

export async function startLeavingOut(upstream: string): Promise<LeavingOut> {
  let part: LeftOut | null = null;
  let changed = 0;
  const edit = (text: string, request: string): string => {
    const shown = part === null ? text : without(text, request, part);
    if (shown !== text) changed += 1;
    return shown;
  };
  const server = createServer((message, response) => void relay(upstream, message, response, edit));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    leaveOut: (next) => {
      part = next;
      changed = 0;
    },
    changed: () => changed,
    close: async () => {
      const closed = new Promise<void>((done) => void server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function relay(
  upstream: string,
  message: IncomingMessage,
  response: ServerResponse,
  edit: (text: string, request: string) => string,
): Promise<void> {
  try {
    const body = await buffer(message);
    const options = { method: message.method, path: message.url, headers: message.headers };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = forward(upstream, options, resolve);
      sent.on("error", reject);
      sent.end(body);
    });
    const text = (await buffer(answer)).toString();
    const shown = edit(text, body.toString());
    const headers = { ...answer.headers, "content-length": Buffer.byteLength(shown) };
    response.writeHead(answer.statusCode ?? 502, headers).end(shown);
  } catch {
    response.destroy(); // one of the two sides went away
  }
}

function without(text: string, request: string, part: LeftOut): string {
  const asked = new URLSearchParams(request).get("Action");
  const isOfLambda = asked === null && part.operation === "lambda";
  if (asked !== part.operation && !isOfLambda) return text;
  if (isOfLambda)
    return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
      key === part.element ? undefined : value,
    );
  const { element } = part;
  return text.replace(new RegExp(`<${element}>.*?</${element}>`, "gs"), "");
}
