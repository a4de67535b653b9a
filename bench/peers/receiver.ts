import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Received {
  readonly atMs: number;
  readonly text: string;
}

/** A webhook that accepts every alert. */
export interface AlertReceiver {
  readonly url: string;
  /** In the order of arrival. */
  readonly received: readonly Received[];
  close(): void;
}

export async function startReceiver(): Promise<AlertReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      received.push({ atMs: Date.now(), text });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, received, close: () => void server.close() };
}
