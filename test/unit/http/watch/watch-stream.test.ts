import { expect, test } from "@jest/globals";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
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
        return "x".repeat(10_000);
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

test("a piece of work includes that its lines are given to the system", async () => {
  let given = 0;
  const socket = new Writable({
    writev: (chunks: readonly { readonly chunk: Buffer }[], done) => {
      for (const { chunk } of chunks) given += chunk.length;
      done();
    },
  });
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  response.assignSocket(socket as Socket);
  const { source, sent } = endless();
  const stop = new AbortController();
  const afterPiece: boolean[] = [];
  class Slices extends SharedSlices {
    override async run<Made>(work: () => Made): Promise<Made> {
      const made = work();
      afterPiece.push(given >= (sent() - 1) * 10_000);
      if (sent() === 3) stop.abort();
      return made;
    }
  }

  await streamWatch(source, { response, options: { ...OPTIONS, slices: new Slices() } }, stop.signal);

  expect(afterPiece.length).toBeGreaterThan(3);
  expect(afterPiece).not.toContain(false);
});
