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

/** Of the first answer of each address, without the later pages of a list. A second read of an address is no part of the first view. */
export function firstViewBytes(received: ReadonlyMap<string, Received>): number {
  const first = new Map(
    [...received.values()].toReversed().map(({ url, bytes }) => [url.href, { url, bytes }]),
  );
  return sumOf(first, (url) => !isLater(url));
}

/** Of the later pages of a list. */
export function laterBytes(received: ReadonlyMap<string, Received>): number {
  return sumOf(received, isLater);
}

const isLater = (url: URL): boolean => url.searchParams.has("continue");

function sumOf(received: ReadonlyMap<string, Received>, isMeant: (url: URL) => boolean): number {
  return [...received.values()]
    .filter(({ url }) => isMeant(url))
    .reduce((total, { bytes }) => total + bytes, 0);
}
