import type { DescribedOperation } from "./described.ts";
import { completeOf, keptOf, type Resolve, type Schema } from "./kept.ts";
import type { UsedOperation } from "./operations.ts";

interface Published {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PublishedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

interface PublishedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** Reads an operation from GitHub's description (OpenAPI 3.0). @throws Error if it or a field is not described */
export function githubOperation(published: Published, used: UsedOperation): DescribedOperation {
  const resolve: Resolve = (reference) => {
    const [kind = "", name = ""] = reference.split("/").slice(-2);
    const found = published.components[kind]?.[name];
    if (found === undefined) throw new Error(`${reference} is not in the description`);
    return found;
  };
  const { path, method, operation } = operationOf(published, used.name);
  const query = (operation.parameters ?? [])
    .map((one) => (typeof one["$ref"] === "string" ? resolve(one["$ref"]) : one))
    .filter((one) => one["in"] === "query")
    .map((one) => String(one["name"]));
  const body = jsonOf(operation.requestBody);
  const [status, answer] = successOf(operation, used.name);
  return {
    name: used.name,
    method: method.toUpperCase(),
    path,
    query,
    body: body === null ? null : completeOf(body, resolve),
    status,
    answer: keptOf(answer, used.answer, resolve),
  };
}

function operationOf(published: Published, name: string) {
  for (const [path, methods] of Object.entries(published.paths))
    for (const [method, operation] of Object.entries(methods))
      if (operation.operationId === name) return { path, method, operation };
  throw new Error(`${name} is not in the description`);
}

function successOf({ responses }: PublishedOperation, name: string): readonly [number, Schema] {
  for (const [status, response] of Object.entries(responses)) {
    const schema = jsonOf(response);
    if (status.startsWith("2") && schema !== null) return [Number(status), schema];
  }
  throw new Error(`${name} has no answer`);
}

function jsonOf(found: Content | undefined): Schema | null {
  return found?.content?.["application/json"]?.schema ?? null;
}
