import { BASE_PATH } from "../../../api/group.ts";
import { RowEventReader, type RowEvent } from "../../view/live/watch-events.ts";
import { openStream, TABLE } from "../transport.ts";

/** Bookmarks come each minute: a stream without any line for longer is dead, as after the sleep of the machine. */
const SILENT_MS = 90_000;

/** How a watch ended. */
export type WatchEnd =
  /** The server closed it, as it does after an hour: it continues from the same version. */
  | { readonly kind: "closed" }
  /** Changes may be missing: list again. */
  | { readonly kind: "lost"; readonly message: string };

interface StreamWatcher {
  readonly onOpen: () => void;
  readonly onEvents: (events: readonly RowEvent[]) => void;
  readonly signal: AbortSignal;
}

/** Reads the changes of bindings until the stream ends. Never rejects. */
export async function watchRows(
  version: string,
  { onOpen, onEvents, signal }: StreamWatcher,
): Promise<WatchEnd> {
  const silence = new AbortController();
  const ended = AbortSignal.any([signal, silence.signal]);
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  const query = new URLSearchParams({
    watch: "true",
    resourceVersion: version,
    allowWatchBookmarks: "true",
    includeObject: "Summary",
  });
  try {
    const stream = await openStream(`${BASE_PATH}/bindings?${query.toString()}`, {
      accept: TABLE,
      signal: ended,
    });
    if (stream.kind === "failed") return { kind: "lost", message: stream.message };
    onOpen();
    const reader = new RowEventReader();
    for await (const chunk of chunksOf(stream.value)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      const events = reader.read(chunk);
      onEvents(events);
      const end = events.find((event) => event.kind === "ended");
      if (end !== undefined) return { kind: "lost", message: end.message };
    }
    return { kind: "closed" };
  } catch {
    if (silence.signal.aborted) return { kind: "lost", message: "the stream is silent" };
    return { kind: "lost", message: "the connection to the controller was lost" };
  } finally {
    clearTimeout(timer);
  }
}

async function* chunksOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
