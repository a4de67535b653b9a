import type { DescribedOperation } from "./described.ts";
import { withoutNull, type Schema } from "./kept.ts";
import { publishedParts, resolvedIn, type PublishedApi, type PublishedOperation } from "./published.ts";

/**
 * The names, types and values that a published description has for these operations, in the form of one: the parameters and
 * fields that Grantkeeper uses, and everything that a request requires. It has no texts, examples or other fields, so that it
 * is no copy of the description. An operation that is not published is left out.
 */
export function factsOf(operations: readonly DescribedOperation[], api: PublishedApi): PublishedApi {
  const paths: Record<string, Record<string, PublishedOperation>> = {};
  for (const own of operations) {
    const found = publishedParts(own, api);
    if (found === null) continue;
    const { path, operationId, parameters, body, status, answer } = found;
    const used = parameters.filter((one) => isUsed(own, one));
    (paths[path] ??= {})[own.method.toLowerCase()] = {
      ...(operationId !== null && { operationId }),
      parameters: used.map((one) => ({
        in: one["in"],
        name: one["name"],
        required: one["required"] === true,
      })),
      ...(own.body !== null && body !== undefined && { requestBody: json(usedFields(own.body, body, api)) }),
      responses: { [status]: answer === undefined ? {} : json(usedFields(own.answer, answer, api)) },
    };
  }
  return { paths };
}

function isUsed({ query }: DescribedOperation, { in: place, name, required }: Schema): boolean {
  return required === true || (place === "query" && query.includes(String(name)));
}

function json(schema: Schema): { readonly content: Readonly<Record<string, { readonly schema: Schema }>> } {
  return { content: { "application/json": { schema } } };
}

/** The fields of a published schema that ours has too, and the names of all that it requires. */
function usedFields(own: Schema, published: Schema, api: PublishedApi): Schema {
  const { type, enum: values, nullable, items, properties, required } = resolvedIn(api, published);
  const { schema } = withoutNull(own);
  // Some lists are published as one of their members.
  const ofOwn = items === undefined ? ((schema["items"] as Schema | undefined) ?? schema) : schema;
  const typed = Object.entries((ofOwn["properties"] ?? {}) as Readonly<Record<string, Schema>>);
  const described = (properties ?? {}) as Readonly<Record<string, Schema>>;
  const fields = typed.flatMap(([name, one]) => {
    const field = described[name];
    return field === undefined ? [] : [[name, usedFields(one, field, api)] as const];
  });
  return {
    ...(type !== undefined && { type }),
    ...(values !== undefined && { enum: values }),
    ...(nullable === true && { nullable }),
    ...(required !== undefined && { required }),
    ...(items !== undefined && {
      items: usedFields((schema["items"] ?? {}) as Schema, items as Schema, api),
    }),
    ...(fields.length > 0 && { properties: Object.fromEntries(fields) }),
  };
}
