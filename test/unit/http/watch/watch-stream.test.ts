import { expect, test } from "@jest/globals";
import type { ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { streamWatch, type WatchSource } from "../../../../src/http/watch/watch-stream.ts";
import { SharedSlices } from "../../../../src/http/watch/shared-slices.ts";

/** Has a next change whenever it is asked. */
function endless(): {
  readonly source: WatchSource;
  readonly sent: () => number;
  readonly released: Promise<void>;
} {
  let sent = 0;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  return {
    sent: () => sent,
    released,
    source: {
      async *initial() {},
      release,
      take: () => {
        sent += 1;
        return ["x".repeat(10_000)];
      },
      onceChanged: () => () => undefined,
      bookmark: () => "",
    },
  };
}

const OPTIONS = {
  hasInitial: false,
  hasInitialEnd: false,
  hasBookmarks: false,
  bookmarkMs: 60_000,
  checkMs: 60_000,
  stalledMs: 60_000,
  slowMs: 60_000,
  mayContinue: () => Promise.resolve(true),
};

function stuck(): Writable {
  return new Writable({ highWaterMark: 1, write: () => undefined });
}

test("a client that takes nothing is dropped, and no further change is made into lines for it", async () => {
  const { source, sent } = endless();
  const response = stuck();
  const options = { ...OPTIONS, slowMs: 20, slices: new SharedSlices() };

  await streamWatch(source, { response: response as ServerResponse, options }, new AbortController().signal);

  expect(response.destroyed).toBe(true);
  expect(sent()).toBe(1);
});

test("before that, the source of a client that keeps it waiting releases what is large", async () => {
  const { source, released } = endless();
  const response = stuck();
  const options = { ...OPTIONS, stalledMs: 5, slices: new SharedSlices() };

  const streaming = streamWatch(
    source,
    { response: response as ServerResponse, options },
    new AbortController().signal,
  );
  await released;

  expect(response.destroyed).toBe(false);
  response.destroy();
  await streaming;
});
