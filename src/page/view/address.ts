/** The path below which the controller serves the page. */
const BASE = "/ui";

/** What the address of the browser shows. */
export type Address =
  | { readonly screen: "functions" }
  | { readonly screen: "function"; readonly namespace: string; readonly name: string }
  | { readonly screen: "approvals" }
  | { readonly screen: "approval"; readonly name: string }
  | { readonly screen: "map" }
  | { readonly screen: "rules" }
  | { readonly screen: "history" }
  | { readonly screen: "settings" }
  | { readonly screen: "none"; readonly path: string };

const PLAIN: ReadonlySet<string> = new Set(["functions", "approvals", "map", "rules", "history", "settings"]);

export function parseAddress(path: string): Address {
  const parts = partsOf(path);
  if (parts === null) return { screen: "none", path };
  const [first = "functions", second, third, ...rest] = parts;
  if (rest.length > 0) return { screen: "none", path };
  if (second === undefined && PLAIN.has(first))
    return { screen: first as "functions" | "approvals" | "map" | "rules" | "history" | "settings" };
  if (first === "functions" && second !== undefined && third !== undefined)
    return { screen: "function", namespace: second, name: third };
  if (first === "approvals" && second !== undefined && third === undefined)
    return { screen: "approval", name: second };
  return { screen: "none", path };
}

/** The decoded parts below the base; null for an address that is not one of the page. */
function partsOf(path: string): readonly string[] | null {
  if (path !== BASE && !path.startsWith(`${BASE}/`)) return null;
  try {
    return path
      .slice(BASE.length)
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** `/ui/functions/orders/orders-api.111122223333.eu-west-1`. */
export function addressPath(...parts: readonly string[]): string {
  return `${BASE}/${parts.map(encodeURIComponent).join("/")}`;
}
