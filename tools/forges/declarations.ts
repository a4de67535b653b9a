import { readFileSync } from "node:fs";
import ts from "typescript-api";
import type { Resolve, Schema } from "./kept.ts";

/** The types that a package declares, in the form of JSON Schemas. */
export class Declarations {
  readonly file: ts.SourceFile;
  readonly #types = new Map<string, ts.InterfaceDeclaration | ts.TypeAliasDeclaration>();

  constructor(path: string) {
    this.file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    for (const node of this.file.statements)
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
        this.#types.set(node.name.text, node);
  }

  /** @throws Error if the package has no such type */
  readonly resolve: Resolve = (name) => {
    const found = this.#types.get(name);
    if (found === undefined) throw new Error(`the package declares no type ${name}`);
    return ts.isInterfaceDeclaration(found) ? objectOf(found.members) : schemaOf(found.type);
  };

  /** The members of a type that is an object. @throws Error if it is none */
  members(name: string): ReadonlyMap<string, ts.TypeNode> {
    const found = this.#types.get(name);
    if (found === undefined || !ts.isTypeAliasDeclaration(found) || !ts.isTypeLiteralNode(found.type))
      throw new Error(`the package declares no object ${name}`);
    return membersOf(found.type.members);
  }
}

export function membersOf(members: ts.NodeArray<ts.TypeElement>): ReadonlyMap<string, ts.TypeNode> {
  return new Map(members.filter(isField).map(({ name, type }) => [textOf(name), type]));
}

/** The schema of a type; a reference names another type. @throws Error for a form that these packages do not use */
export function schemaOf(type: ts.TypeNode): Schema {
  const simple = SIMPLE.get(type.kind);
  if (simple !== undefined) return simple;
  if (ts.isArrayTypeNode(type)) return { type: "array", items: schemaOf(type.elementType) };
  if (ts.isTypeLiteralNode(type)) return objectOf(type.members);
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal))
    return { type: "string", enum: [type.literal.text] };
  if (ts.isUnionTypeNode(type)) return { anyOf: type.types.map(schemaOf) };
  if (!ts.isTypeReferenceNode(type)) throw new Error(`the form ${type.getText()} is not read`);
  const name = type.typeName.getText();
  const [first] = type.typeArguments ?? [];
  if (name === "Array" && first !== undefined) return { type: "array", items: schemaOf(first) };
  return name === "Record" ? { type: "object" } : { $ref: name };
}

const SIMPLE: ReadonlyMap<ts.SyntaxKind, Schema> = new Map([
  [ts.SyntaxKind.StringKeyword, { type: "string" }],
  [ts.SyntaxKind.NumberKeyword, { type: "number" }],
  [ts.SyntaxKind.BooleanKeyword, { type: "boolean" }],
  [ts.SyntaxKind.AnyKeyword, {}],
  [ts.SyntaxKind.UnknownKeyword, {}],
]);

function objectOf(members: ts.NodeArray<ts.TypeElement>): Schema {
  const fields = members.filter(isField);
  return {
    type: "object",
    // A field that is not kept may have a form that is not read.
    properties: Object.defineProperties(
      {},
      Object.fromEntries(
        fields.map((one) => [textOf(one.name), { enumerable: true, get: () => fieldSchema(one) }]),
      ),
    ),
    required: fields.filter((one) => one.questionToken === undefined).map(({ name }) => textOf(name)),
  };
}

type Field = ts.PropertySignature & { readonly type: ts.TypeNode };

/** The declarations of Gitea's package keep the format of a number. */
function fieldSchema(field: Field): Schema {
  const format = ts.getJSDocTags(field).find(({ tagName }) => tagName.text === "format")?.comment;
  return format === "int64" ? { type: "integer" } : schemaOf(field.type);
}

function isField(member: ts.TypeElement): member is Field {
  return ts.isPropertySignature(member) && member.type !== undefined;
}

function textOf(name: ts.PropertyName): string {
  return ts.isStringLiteral(name) || ts.isIdentifier(name) || ts.isNumericLiteral(name)
    ? name.text
    : name.getText();
}
