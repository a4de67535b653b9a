import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** The port, or a free one if it is in use; the returned port is not bound. */
export async function portNear(wanted: number): Promise<number> {
  try {
    return await tryPort(wanted);
  } catch {
    return tryPort(0);
  }
}

async function tryPort(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return bound;
}
