import { BASE_PATH } from "../../../src/api/group.ts";
import { bearer, LOCAL_TOKEN, type TestServer } from "../screens/http-server.ts";
import { TABLE } from "./requests.ts";

export interface WatchEvent {
  readonly type: string;
  // eslint-disable-next-line typescript/no-explicit-any -- tests look into objects of every shape
  readonly object: any;
}

interface WatchRequest {
  readonly token?: string;
  /** The header of a browser, in place of a token. */
  readonly cookie?: string;
  readonly isTable?: boolean;
}

/** A watch as a client of Kubernetes reads it, event by event. */
export class Watching {
  readonly status: number;
  readonly headers: Headers;
  readonly #abort: AbortController;
  readonly #lines: AsyncGenerator<string, void>;

  private constructor(response: Response, abort: AbortController) {
    this.status = response.status;
    this.headers = response.headers;
    this.#abort = abort;
    this.#lines = linesOf(response);
  }

  /** Resolves when the headers have arrived. @param path below the group, or of the cluster */
  static async open(
    server: TestServer,
    path: string,
    { token = LOCAL_TOKEN, cookie, isTable = false }: WatchRequest = {},
  ): Promise<Watching> {
    const abort = new AbortController();
    const url = `${server.url}${path.startsWith("/api/") ? path : `${BASE_PATH}${path}`}`;
    const caller = cookie === undefined ? bearer(token) : { cookie };
    const headers = { ...caller, ...(isTable && { accept: TABLE }) };
    return new Watching(await fetch(url, { headers, signal: abort.signal }), abort);
  }

  /** null: the server has ended the watch. */
  async next(): Promise<WatchEvent | null> {
    const { value } = await this.#lines.next();
    return typeof value === "string" ? (JSON.parse(value) as WatchEvent) : null;
  }

  async take(count: number): Promise<readonly WatchEvent[]> {
    const events: WatchEvent[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (event === null) throw new Error(`the watch ended after ${events.length} of ${count} events`);
      events.push(event);
    }
    return events;
  }

  /** All events until the server ends the watch. */
  async rest(): Promise<readonly WatchEvent[]> {
    const events: WatchEvent[] = [];
    for (let event = await this.next(); event !== null; event = await this.next()) events.push(event);
    return events;
  }

  close(): void {
    this.#abort.abort();
  }
}

async function* linesOf({ body }: Response): AsyncGenerator<string, void> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
  if (text !== "") yield text;
}

/** `ADDED orders-api` */
export function named({ type, object }: WatchEvent): string {
  const { metadata, rows } = object;
  return `${type} ${metadata.name ?? rows?.[0]?.object?.metadata.name ?? ""}`.trim();
}

/** Changes the world of the server, as a commit of the controller does. */
export function happen(
  { control }: Pick<TestServer, "control">,
  change: Partial<TestServer["control"]["state"]>,
): void {
  const before = new Set(control.state.records);
  Object.assign(control.state, change);
  control.state.version += 1;
  const { records, objects, version } = control.state;
  // As in the store, the version of an object changes with the records of its keys.
  const changed = new Set(records.filter((one) => !before.has(one)).map(({ key }) => key));
  control.state.objects = objects.map((one) =>
    one.keys.some((key) => changed.has(key)) ? { ...one, resourceVersion: version } : one,
  );
  control.signal.changed();
}
