import { bearer, LOCAL_TOKEN, type Answer, type TestServer } from "../screens/http-server.ts";

/** The Accept header of `kubectl get`. */
export const TABLE =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

/** A GET as kubectl sends it. */
export function getAs(
  server: TestServer,
  path: string,
  { accept, token = LOCAL_TOKEN }: { readonly accept?: string; readonly token?: string } = {},
): Promise<Answer> {
  const headers = { ...bearer(token), ...(accept !== undefined && { accept }) };
  return server.request(path, { headers });
}

export function getTable(server: TestServer, path: string, token?: string): Promise<Answer> {
  return getAs(server, path, { accept: TABLE, ...(token !== undefined && { token }) });
}

interface ShownTable {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly (string | number)[] }[];
}

/** The rows as objects by the names of their columns. */
export function rowsOf({ json }: Answer): readonly Readonly<Record<string, string | number>>[] {
  const { columnDefinitions, rows } = json as ShownTable;
  return rows.map(({ cells }) =>
    Object.fromEntries(columnDefinitions.map(({ name }, at) => [name, cells[at] ?? "no cell"])),
  );
}

/** A change as kubectl sends it. */
export function change(
  server: TestServer,
  { method, path, body = "{}", type = "application/merge-patch+json", token = LOCAL_TOKEN }: ChangeRequest,
): Promise<Answer> {
  const headers = { ...bearer(token), "content-type": type };
  return server.request(path, { method, headers, ...(method !== "DELETE" && { body }) });
}

export interface ChangeRequest {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  readonly token?: string;
}
