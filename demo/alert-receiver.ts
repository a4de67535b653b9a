import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Received {
  readonly atMs: number;
  readonly text: string;
}

export interface AlertReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** Takes the place of a team's chat: accepts every alert and keeps its text. */
export async function startAlertReceiver(): Promise<AlertReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ atMs: Date.now(), text: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/alerts`, received, close };
}
