import { expect, test } from "@jest/globals";
import type { ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { streamWatch } from "../../../src/http/watch/watch-stream.ts";
import { SharedSlices } from "../../../src/http/watch/shared-slices.ts";
import type { WatchSource } from "../../../src/http/watch/watch-source.ts";

/** Has a next change whenever it is asked. */
function endless(): { readonly source: WatchSource; readonly sent: () => number } {
  let sent = 0;
  return {
    sent: () => sent,
    source: {
      async *initial() {},
      take: () => {
        sent += 1;
        return ["x".repeat(10_000)];
      },
      onceChanged: () => () => undefined,
      bookmark: () => "",
    },
  };
}

test("a client that takes nothing is dropped, and no further change is made into lines for it", async () => {
  const stuck = new Writable({ highWaterMark: 1, write: () => undefined });
  const { source, sent } = endless();
  const options = {
    hasInitial: false,
    hasInitialEnd: false,
    hasBookmarks: false,
    bookmarkMs: 60_000,
    checkMs: 60_000,
    slowMs: 20,
    slices: new SharedSlices(),
    mayContinue: () => Promise.resolve(true),
  };

  await streamWatch(source, { response: stuck as ServerResponse, options }, new AbortController().signal);

  expect(stuck.destroyed).toBe(true);
  expect(sent()).toBe(1);
});
