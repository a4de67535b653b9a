import type { Page } from "playwright-core";

interface Received {
  readonly url: URL;
  bytes: number;
}

/** The bytes of each answer as the network carries them. It grows while the page is loaded. */
export async function receivedBytes(page: Page): Promise<ReadonlyMap<string, Received>> {
  const received = new Map<string, Received>();
  const network = await page.context().newCDPSession(page);
  network.on("Network.responseReceived", ({ requestId, response }) =>
    received.set(requestId, { url: new URL(response.url), bytes: 0 }),
  );
  network.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    const one = received.get(requestId);
    if (one !== undefined) one.bytes += encodedDataLength;
  });
  await network.send("Network.enable");
  return received;
}

export function sumOf(received: ReadonlyMap<string, Received>, isMeant: (url: URL) => boolean): number {
  return [...received.values()]
    .filter(({ url }) => isMeant(url))
    .reduce((total, { bytes }) => total + bytes, 0);
}
