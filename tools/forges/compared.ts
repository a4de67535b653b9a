import type { DescribedOperation } from "./described.ts";
import type { Schema } from "./kept.ts";

/** GitLab's description, as Swagger 2 (`openapi_v2.yaml`) or OpenAPI 3 (`openapi_v3.yaml`). */
export interface PublishedApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PublishedOperation>>>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface PublishedOperation {
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly schema?: Schema }>>;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** How an operation that is typed by hand differs from the published one, a line each. Fields that are not typed do not count. */
export function differencesOf(own: DescribedOperation, api: PublishedApi): readonly string[] {
  const found = operationOf(own, api);
  if (found === undefined) return ["the operation is not published"];
  const compare = new Comparison(api);
  const parameters = (found.parameters ?? []).map((one) => compare.resolved(one));
  const query = parameters.flatMap((one) => (one["in"] === "query" ? String(one["name"]) : []));
  const [status = "none", answer] =
    Object.entries(found.responses).find(([code]) => code.startsWith("2")) ?? [];
  return [
    ...own.query
      .filter((name) => !query.includes(name))
      .map((name) => `the parameter ${name} is not published`),
    ...compare.bodies(own.body, bodyOf(found, parameters)),
    ...(own.status !== null && String(own.status) !== status
      ? [`it answers ${own.status}, and ${status} is published`]
      : []),
    ...compare.schemas(own.answer, answer?.schema ?? jsonOf(answer), "the answer"),
  ];
}

function operationOf(
  { method, path }: DescribedOperation,
  { paths }: PublishedApi,
): PublishedOperation | undefined {
  const shapeOf = (text: string): string => text.replace(/^\/api\/v4/, "").replaceAll(/\{\w+\}/g, "{}");
  const published = Object.entries(paths).find(([name]) => shapeOf(name) === shapeOf(path));
  return published?.[1][method.toLowerCase()];
}

function bodyOf({ requestBody }: PublishedOperation, parameters: readonly Schema[]): Schema | undefined {
  return jsonOf(requestBody) ?? (parameters.find((one) => one["in"] === "body")?.["schema"] as Schema);
}

function jsonOf(found: Content | undefined): Schema | undefined {
  return found?.content?.["application/json"]?.schema;
}

class Comparison {
  readonly #api: PublishedApi;

  constructor(api: PublishedApi) {
    this.#api = api;
  }

  bodies(own: Schema | null, published: Schema | undefined): readonly string[] {
    if (own === null) return [];
    if (published === undefined) return ["a body is not published"];
    return this.schemas(own, published, "the body");
  }

  schemas(own: Schema, published: Schema | undefined, at: string): readonly string[] {
    if (published === undefined) return [`${at} is not published`];
    const of = this.resolved(published);
    const { schema, isNullable } = withoutNull(own);
    const { items, properties, enum: values } = schema;
    const nulls = isNullable && of["nullable"] !== true ? [`${at} may be null, which is not published`] : [];
    const [type, publishedType] = [String(schema["type"]), String(of["type"])];
    if (type !== publishedType) {
      const difference = `${at}: type ${type}, and ${publishedType} is published`;
      // Some lists are published as one of their members.
      const ofMember = items === undefined ? [] : this.schemas(items as Schema, of, `${at}[]`);
      return [...nulls, difference, ...ofMember];
    }
    const unknown = ((values ?? []) as readonly unknown[]).filter((value) => !isValueOf(value, of));
    return [
      ...nulls,
      ...unknown.map((value) => `${at}: the value ${String(value)} is not published`),
      ...(items === undefined ? [] : this.schemas(items as Schema, of["items"] as Schema, `${at}[]`)),
      ...this.#members((properties ?? {}) as Readonly<Record<string, Schema>>, { own: schema, of, at }),
    ];
  }

  resolved(schema: Schema): Schema {
    const reference = schema["$ref"];
    if (typeof reference !== "string") return schema;
    const name = reference.split("/").at(-1) ?? "";
    const found = this.#api.definitions?.[name] ?? this.#api.components?.schemas?.[name];
    if (found === undefined) throw new Error(`${name} is not in the description`);
    return this.resolved(found);
  }

  #members(
    properties: Readonly<Record<string, Schema>>,
    { own, of, at }: { readonly own: Schema; readonly of: Schema; readonly at: string },
  ): readonly string[] {
    const published = (of["properties"] ?? {}) as Readonly<Record<string, Schema>>;
    const required = (own["required"] ?? []) as readonly string[];
    // Of an answer, our own list of required fields only makes the servers of the tests complete.
    const missing = at.startsWith("the body")
      ? ((of["required"] ?? []) as readonly string[]).filter((name) => !required.includes(name))
      : [];
    return [
      ...missing.map((name) => `${at}.${name} is required, and may be left out here`),
      ...Object.entries(properties).flatMap(([name, one]) =>
        this.schemas(one, published[name], `${at}.${name}`),
      ),
    ];
  }
}

function isValueOf(value: unknown, { enum: values }: Schema): boolean {
  return values === undefined || (values as readonly unknown[]).includes(value);
}

/** `anyOf` a schema and null is the schema, nullable. */
function withoutNull(schema: Schema): { readonly schema: Schema; readonly isNullable: boolean } {
  const choices = (schema["anyOf"] ?? []) as readonly Schema[];
  const [first] = choices.filter((one) => one["type"] !== "null");
  return first === undefined ? { schema, isNullable: false } : { schema: first, isNullable: true };
}
