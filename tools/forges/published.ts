import type { DescribedOperation } from "./described.ts";
import type { Schema } from "./kept.ts";

/** GitLab's description, as Swagger 2 (`openapi_v2.yaml`) or OpenAPI 3 (`openapi_v3.yaml`). */
export interface PublishedApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PublishedOperation>>>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface PublishedOperation {
  readonly operationId?: string;
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly schema?: Schema }>>;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** An operation in one form for both versions. */
export interface PublishedParts {
  /** As published, such as `/api/v4/user`. */
  readonly path: string;
  readonly operationId: string | null;
  /** Without the body, which Swagger 2 has here. */
  readonly parameters: readonly Schema[];
  /** undefined: it takes none. */
  readonly body: Schema | undefined;
  /** Of a success. */
  readonly status: string;
  readonly answer: Schema | undefined;
}

/** null: the operation is not published. The names of the parameters of a path do not count. */
export function publishedParts(
  { method, path }: DescribedOperation,
  api: PublishedApi,
): PublishedParts | null {
  const shapeOf = (text: string): string => text.replace(/^\/api\/v4/, "").replaceAll(/\{\w+\}/g, "{}");
  const [published, methods] =
    Object.entries(api.paths).find(([name]) => shapeOf(name) === shapeOf(path)) ?? [];
  const found = methods?.[method.toLowerCase()];
  if (published === undefined || found === undefined) return null;
  const all = (found.parameters ?? []).map((one) => resolvedIn(api, one));
  const [status = "none", answer] =
    Object.entries(found.responses).find(([code]) => code.startsWith("2")) ?? [];
  return {
    path: published,
    operationId: found.operationId ?? null,
    parameters: all.filter((one) => one["in"] !== "body"),
    body: jsonOf(found.requestBody) ?? (all.find((one) => one["in"] === "body")?.["schema"] as Schema),
    status,
    answer: answer?.schema ?? jsonOf(answer),
  };
}

/** The schema that a reference names. @throws Error if the description does not have it */
export function resolvedIn(api: PublishedApi, schema: Schema): Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  const name = reference.split("/").at(-1) ?? "";
  const found = api.definitions?.[name] ?? api.components?.schemas?.[name];
  if (found === undefined) throw new Error(`${name} is not in the description`);
  return resolvedIn(api, found);
}

function jsonOf(found: Content | undefined): Schema | undefined {
  return found?.content?.["application/json"]?.schema;
}
