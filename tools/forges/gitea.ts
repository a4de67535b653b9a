import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript-api";
import { Declarations, membersOf, schemaOf } from "./declarations.ts";
import type { DescribedOperation } from "./described.ts";
import { completeOf, keptOf, withNull, type Schema } from "./kept.ts";
import type { UsedOperation } from "./operations.ts";

/** The operations of the package gitea-js, whose types are generated from Gitea's description (Swagger 2.0). */
export function giteaOperations(
  folder: string,
  used: readonly UsedOperation[],
): readonly DescribedOperation[] {
  const types = new Declarations(join(folder, "dist/index.d.ts"));
  const functions = functionsOf(types.file);
  return used.map((one) => {
    const { tag, parameters, answer } = knownFunction(functions.get(one.name), one.name);
    const [method = "", path = ""] = tag.split(/:(.*)/s);
    const body = parameters.get("body");
    const query = parameters.get("query");
    return {
      name: one.name,
      method,
      path,
      query: query !== undefined && ts.isTypeLiteralNode(query) ? [...membersOf(query.members).keys()] : [],
      body: body === undefined ? null : completeOf(schemaOf(body), types.resolve),
      status: null,
      answer: nullable(keptOf(schemaOf(answer), one.answer, types.resolve), one.nullable ?? []),
    };
  });
}

/** The operations of the package `@llamaduck/forgejo-ts`, whose types are generated from Forgejo's description. */
export function forgejoOperations(
  folder: string,
  used: readonly UsedOperation[],
): readonly DescribedOperation[] {
  const types = new Declarations(join(folder, "dist/index.d.ts"));
  const program = readFileSync(join(folder, "dist/index.mjs"), "utf8");
  return used.map((one) => {
    const prefix = `${one.name.slice(0, 1).toUpperCase()}${one.name.slice(1)}`;
    const { body, query, url } = Object.fromEntries(types.members(`${prefix}Data`));
    const method = new RegExp(`var ${one.name} = .*\\.(get|post|put|patch|delete)\\(`).exec(program)?.[1];
    const answers = [...types.members(`${prefix}Responses`)];
    const success = answers.find(([, type]) => type.kind !== ts.SyntaxKind.VoidKeyword);
    if (method === undefined || url === undefined || success === undefined)
      throw new Error(`${one.name} has another form`);
    const [status, answer] = success;
    return {
      name: one.name,
      method: method.toUpperCase(),
      path: url.getText().slice(1, -1),
      query: query !== undefined && ts.isTypeLiteralNode(query) ? [...membersOf(query.members).keys()] : [],
      body: isNever(body) ? null : completeOf(schemaOf(body), types.resolve),
      status: Number(status),
      answer: nullable(keptOf(schemaOf(answer), one.answer, types.resolve), one.nullable ?? []),
    };
  });
}

interface DeclaredFunction {
  /** `GET:/user`. */
  readonly tag: string;
  readonly parameters: ReadonlyMap<string, ts.TypeNode>;
  readonly answer: ts.TypeNode;
}

function functionsOf(file: ts.SourceFile): ReadonlyMap<string, DeclaredFunction> {
  const found = new Map<string, DeclaredFunction>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && node.type !== undefined && ts.isFunctionTypeNode(node.type)) {
      const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === "request")?.comment;
      const answer = answerOf(node.type.type);
      const parameters = node.type.parameters.flatMap(({ name, type }) =>
        type === undefined ? [] : [[name.getText(), type] as const],
      );
      if (typeof tag === "string" && answer !== undefined)
        found.set(node.name.getText(), { tag, parameters: new Map(parameters), answer });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** `Promise<HttpResponse<User, any>>`. */
function answerOf(type: ts.TypeNode): ts.TypeNode | undefined {
  const [inner] = ts.isTypeReferenceNode(type) ? (type.typeArguments ?? []) : [];
  return inner !== undefined && ts.isTypeReferenceNode(inner) ? inner.typeArguments?.[0] : undefined;
}

function knownFunction(found: DeclaredFunction | undefined, name: string): DeclaredFunction {
  if (found === undefined) throw new Error(`the package has no function ${name}`);
  return found;
}

function isNever(type: ts.TypeNode | undefined): type is undefined {
  return type === undefined || type.kind === ts.SyntaxKind.NeverKeyword;
}

/** The description of a list is that of its members. */
function nullable(schema: Schema, names: readonly string[]): Schema {
  if (schema["type"] === "array") return { ...schema, items: nullable(schema["items"] as Schema, names) };
  const properties = Object.entries(schema["properties"] as Readonly<Record<string, Schema>>);
  const changed = properties.map(
    ([name, one]) => [name, names.includes(name) ? withNull({ nullable: true }, one) : one] as const,
  );
  return { ...schema, properties: Object.fromEntries(changed) };
}
