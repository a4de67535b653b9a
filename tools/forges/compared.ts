import type { DescribedOperation } from "./described.ts";
import { withoutNull, type Schema } from "./kept.ts";
import { publishedParts, resolvedIn, type PublishedApi, type PublishedParts } from "./published.ts";

/** How an operation that is typed by hand differs from the published one, a line each. Fields that are not typed do not count. */
export function differencesOf(own: DescribedOperation, api: PublishedApi): readonly string[] {
  const found = publishedParts(own, api);
  if (found === null) return ["the operation is not published"];
  const compare = new Comparison(api);
  return [
    ...parameterDifferences(own, found),
    ...compare.bodies(own.body, found.body),
    ...(own.status !== null && String(own.status) !== found.status
      ? [`it answers ${own.status}, and ${found.status} is published`]
      : []),
    ...compare.schemas(own.answer, found.answer, "the answer"),
  ];
}

function parameterDifferences(
  { query }: DescribedOperation,
  { parameters }: PublishedParts,
): readonly string[] {
  const published = parameters.filter((one) => one["in"] === "query");
  const names = published.map((one) => String(one["name"]));
  const required = published.flatMap((one) => (one["required"] === true ? [String(one["name"])] : []));
  return [
    ...query.filter((name) => !names.includes(name)).map((name) => `the parameter ${name} is not published`),
    ...required
      .filter((name) => !query.includes(name))
      .map((name) => `the parameter ${name} is required, and not described here`),
  ];
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
    const of = resolvedIn(this.#api, published);
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
