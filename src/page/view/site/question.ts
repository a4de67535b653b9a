import { BASE_PATH } from "../../../api/group.ts";

/** What a request of the page asks an export for. */
export type SiteQuestion =
  | { readonly kind: "session" }
  /** An answer that has a file of its own. */
  | { readonly kind: "answer"; readonly path: string }
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
  readonly kind: string | null;
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

const EVENT_PARAMETERS: ReadonlySet<string> = new Set(["key", "kind", "limit", "continue"]);

function listed(
  resource: string,
  namespace: string | null,
  parameters: URLSearchParams,
): SiteQuestion | null {
  const from = Number(parameters.get("continue") ?? 0);
  if (resource === "permissions") return { kind: "permissions", namespace, from };
  if (resource === "bindings") return { kind: "rows", from };
  if (resource === "plans") return { kind: "rules", from };
  // A filter that is not known here would be ignored, and the list would have too much.
  const isKnown = [...parameters.keys()].every((name) => EVENT_PARAMETERS.has(name));
  if (resource !== "events" || !isKnown) return null;
  const before = parameters.get("continue");
  const selection = {
    namespace,
    key: parameters.get("key"),
    kind: parameters.get("kind"),
    limit: Number(parameters.get("limit") ?? 100),
    before: before === null ? null : Number(before),
  };
  return { kind: "events", selection };
}
