import type { Answer, TestServer } from "../screens/http-server.ts";
import { nameOf, type Item } from "./model.ts";

/** A watch that sends what exists, and then marks the end of that. */
export const WATCH = "?watch=true&allowWatchBookmarks=true&sendInitialEvents=true";

const END = '"k8s.io/initial-events-end":"true"';

/** The beginning of a watch as one answer, whose `json` has the objects; a refusal is answered as for other requests. */
export async function watchStart(
  server: TestServer,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const abort = new AbortController();
  const response = await fetch(`${server.url}${path}`, { headers, signal: abort.signal });
  const { status } = response;
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    // A line may end in the next part.
    if (status === 200 && text.includes(END) && text.endsWith("\n")) break;
  }
  abort.abort();
  const json: unknown = status === 200 ? { items: text.trim().split("\n").flatMap(objectsOf) } : null;
  return { status, headers: response.headers, text: unmarked(text), json };
}

/** Without versions: each team has its own. */
function unmarked(text: string): string {
  return text.replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"0"');
}

function objectsOf(line: string): readonly Item[] {
  const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: Item };
  if (type === "BOOKMARK") return [];
  if (type !== "ADDED") throw new Error(`a watch begins with ${type} ${nameOf(object)}`);
  return object.kind === "Table" ? object.rows.map((row: Item) => row.object) : [object];
}
