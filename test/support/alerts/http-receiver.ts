import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real HTTP server on this machine, which remembers the requests and answers as a test wants. */
export class HttpReceiver {
  readonly received: ReceivedPost[] = [];
  answer: (response: ServerResponse, post: ReceivedPost) => void = (response) =>
    response.writeHead(200).end();
  url = "";
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { url: path = "", headers } = request;
        const post = { path, headers, body: Buffer.concat(chunks).toString("utf8") };
        this.received.push(post);
        this.answer(response, post);
      });
    });
  }

  /** @param port 0: the system chooses one */
  static async start(port = 0): Promise<HttpReceiver> {
    const receiver = new HttpReceiver();
    await new Promise<void>((listening) => {
      receiver.#server.listen(port, "127.0.0.1", listening);
    });
    receiver.url = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}`;
    return receiver;
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => {
      this.#server.close(closed);
    });
  }
}

export function answerJson(value: unknown, status = 200, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  };
}
