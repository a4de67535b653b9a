import type { EntryFilter } from "../../../model/entries/entry-filter.ts";
import { parseKinds } from "../../../model/entries/entry-groups.ts";
import { parseInstant } from "../../../text/instant.ts";
import { BASE_PATH } from "../../../api/group.ts";

/** What a request of the page asks an export for. */
export type SiteQuestion =
  | { readonly kind: "session" }
  /** An answer that has a file of its own. */
  | { readonly kind: "answer"; readonly path: string }
  /** null: of all namespaces of the export. */
  | { readonly kind: "timeline"; readonly namespace: string | null; readonly range: string }
  | { readonly kind: "rows"; readonly from: number }
  /** The permissions of all functions, or of a namespace, part by part. */
  | { readonly kind: "permissions"; readonly namespace: string | null; readonly from: number }
  | { readonly kind: "rules"; readonly from: number }
  | { readonly kind: "drifts"; readonly namespace: string }
  | {
      readonly kind: "one";
      readonly resource: "bindings" | "permissions";
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly kind: "hold"; readonly name: string }
  | { readonly kind: "events"; readonly selection: EventSelection };

/** null: every one. */
export interface EventSelection {
  readonly namespace: string | null;
  readonly key: string | null;
  readonly filter: EntryFilter;
  readonly limit: number;
  /** Only entries with a lower number. */
  readonly before: number | null;
}

/** By the path of a request to a controller. */
export function siteQuestion(text: string): SiteQuestion {
  const [path = "", query = ""] = text.split("?");
  if (path === "/auth/session") return { kind: "session" };
  const parts = path
    .slice(BASE_PATH.length + 1)
    .split("/")
    .map(decodeURIComponent);
  const parameters = new URLSearchParams(query);
  const [first = "", second = "", third = "", fourth] = parts;
  if (first === "namespaces") return inNamespace(second, [third, fourth], parameters);
  if (first === "holds" && second !== "") return { kind: "hold", name: second };
  return listed(first, null, parameters) ?? { kind: "answer", path: `/${parts.join("/")}` };
}

function inNamespace(
  namespace: string,
  [resource = "", name]: readonly (string | undefined)[],
  parameters: URLSearchParams,
): SiteQuestion {
  if (name !== undefined && (resource === "bindings" || resource === "permissions"))
    return { kind: "one", resource, namespace, name };
  if (resource === "drifts") return { kind: "drifts", namespace };
  return (
    listed(resource, namespace, parameters) ?? {
      kind: "answer",
      path: `/namespaces/${namespace}/${resource}`,
    }
  );
}

const EVENT_PARAMETERS: ReadonlySet<string> = new Set([
  "key",
  "limit",
  "continue",
  "kind",
  "by",
  "since",
  "until",
]);

function listed(
  resource: string,
  namespace: string | null,
  parameters: URLSearchParams,
): SiteQuestion | null {
  const from = Number(parameters.get("continue") ?? 0);
  if (resource === "permissions") return { kind: "permissions", namespace, from };
  if (resource === "bindings") return { kind: "rows", from };
  if (resource === "plans") return { kind: "rules", from };
  if (resource === "timeline")
    return { kind: "timeline", namespace, range: parameters.get("range") ?? "24h" };
  // A filter that is not known here would be ignored, and the list would have too much.
  const isKnown = [...parameters.keys()].every((name) => EVENT_PARAMETERS.has(name));
  if (resource !== "events" || !isKnown) return null;
  const before = parameters.get("continue");
  const filter = eventFilter(parameters);
  if (filter === null) return null;
  const selection = {
    namespace,
    key: parameters.get("key"),
    filter,
    limit: Number(parameters.get("limit") ?? 100),
    before: before === null ? null : Number(before),
  };
  return { kind: "events", selection };
}

/** null: a controller would refuse it. */
function eventFilter(parameters: URLSearchParams): EntryFilter | null {
  const kind = parameters.get("kind");
  const parsed = kind === null ? null : parseKinds(kind);
  const [sinceMs, untilMs] = ["since", "until"].map((name) => {
    const text = parameters.get(name);
    return text === null ? null : parseInstant(text);
  });
  if (parsed?.kind === "err" || sinceMs === undefined || untilMs === undefined) return null;
  return { kinds: parsed?.value ?? null, by: parameters.get("by"), sinceMs, untilMs };
}
