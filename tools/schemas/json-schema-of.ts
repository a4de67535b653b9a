import ts from "typescript-api";

/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

const STRICT = { additionalProperties: false } as const;

/**
 * Writes types as JSON Schema 2020-12, as JSON.stringify writes their values: what is `undefined` is left out. Objects
 * are strict, since an answer that has a field which no type names is not the answer that was published.
 */
export class SchemaWriter {
  readonly #checker: ts.TypeChecker;
  readonly #names = new Map<ts.Type, string>();
  readonly #definitions = new Map<string, Schema>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** Every named type that a schema refers to, by name, sorted. */
  definitions(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @throws Error for a type that JSON does not have: a function, a Map, a Date */
  schemaOf(type: ts.Type): Schema {
    const name = this.#nameOf(type);
    if (name === null) return this.#plain(type);
    if (!this.#definitions.has(name)) {
      this.#definitions.set(name, {});
      this.#definitions.set(name, this.#plain(type));
    }
    return { $ref: `#/$defs/${name}` };
  }

  #plain(type: ts.Type): Schema {
    const { flags } = type;
    if ((flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) !== 0) return {};
    if ((flags & ts.TypeFlags.Null) !== 0) return { type: "null" };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if ((flags & ts.TypeFlags.BooleanLiteral) !== 0)
      return { const: this.#checker.typeToString(type) === "true" };
    if ((flags & ts.TypeFlags.Boolean) !== 0) return { type: "boolean" };
    if (this.#isLike(type, ts.TypeFlags.StringLike)) return { type: "string" };
    if (this.#isLike(type, ts.TypeFlags.NumberLike)) return { type: "number" };
    if (type.isUnion()) return this.#union(type);
    if ((flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0) return this.#object(type);
    throw this.#notJson(type);
  }

  /** A brand (`string & {…}`) is its primitive. */
  #isLike(type: ts.Type, like: ts.TypeFlags): boolean {
    if ((type.flags & like) !== 0) return true;
    return type.isIntersection() && type.types.some((part) => (part.flags & like) !== 0);
  }

  #isBrand(type: ts.Type): boolean {
    return this.#isLike(type, ts.TypeFlags.StringLike) || this.#isLike(type, ts.TypeFlags.NumberLike);
  }

  #union({ types }: ts.UnionType): Schema {
    const present = types.filter(({ flags }) => (flags & ts.TypeFlags.Undefined) === 0);
    // The compiler orders the members of a union by their first use, which has no meaning.
    const schemas = sorted(mergedBooleans(present.map((part) => this.schemaOf(part))));
    const constants = schemas.map((schema) => schema["const"]);
    if (schemas.every((schema) => "const" in schema) && schemas.length > 1) return { enum: constants };
    return schemas.length === 1 ? (schemas[0] ?? {}) : { anyOf: schemas };
  }

  #object(type: ts.Type): Schema {
    if (this.#checker.isTupleType(type)) {
      const parts = this.#checker.getTypeArguments(type as ts.TypeReference);
      return {
        type: "array",
        prefixItems: parts.map((part) => this.schemaOf(part)),
        minItems: parts.length,
        maxItems: parts.length,
      };
    }
    const item = this.#itemOf(type);
    if (item !== undefined) return { type: "array", items: this.schemaOf(item) };
    if (
      type.getCallSignatures().length > 0 ||
      /^(ReadonlyMap|Map|Set|ReadonlySet|Date)$/.test(type.getSymbol()?.name ?? "")
    )
      throw this.#notJson(type);
    return this.#record(type);
  }

  #itemOf(type: ts.Type): ts.Type | undefined {
    if (!this.#checker.isArrayType(type)) return undefined;
    return this.#checker.getTypeArguments(type as ts.TypeReference)[0];
  }

  #record(type: ts.Type): Schema {
    const index = type.getStringIndexType();
    const properties = type.getProperties().flatMap((property) => {
      // A member of another variant of a union, which this one never has.
      if ((this.#checker.getTypeOfSymbol(property).flags & ts.TypeFlags.Undefined) !== 0) return [];
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      return [{ name: property.name, isOptional, schema: this.#property(property) }];
    });
    const required = properties.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
    return {
      type: "object",
      ...(properties.length > 0 && {
        properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])),
      }),
      ...(required.length > 0 && { required }),
      ...(index === undefined || (index.flags & ts.TypeFlags.Never) !== 0
        ? STRICT
        : { additionalProperties: this.schemaOf(index) }),
    };
  }

  #property(property: ts.Symbol): Schema {
    const schema = this.schemaOf(this.#checker.getTypeOfSymbol(property));
    const text = ts
      .displayPartsToString(property.getDocumentationComment(this.#checker))
      .replaceAll("\n", " ");
    return text === "" ? schema : { description: text, ...schema };
  }

  /** null: written where it is used. Interfaces and aliases of objects and unions have a name. */
  #nameOf(type: ts.Type): string | null {
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    const isBuilt = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.UnionOrIntersection)) !== 0;
    const symbol = isInterface(type) ? type.symbol : type.aliasSymbol;
    if (!isBuilt || symbol === undefined || this.#isBrand(type)) return null;
    const isGeneric = type.aliasTypeArguments !== undefined && !hasDefaults(symbol);
    if (isGeneric || this.#itemOf(type) !== undefined) return null;
    const name = this.#freeName(symbol.name);
    this.#names.set(type, name);
    return name;
  }

  /** Two types with the same name in two files are distinguished by a number. */
  #freeName(wanted: string): string {
    const used = new Set(this.#names.values());
    if (!used.has(wanted)) return wanted;
    for (let number = 2; ; number += 1) if (!used.has(`${wanted}${number}`)) return `${wanted}${number}`;
  }

  #notJson(type: ts.Type): Error {
    return new Error(`JSON has no ${this.#checker.typeToString(type)}`);
  }
}

/** An interface; of a generic one, a type is named only if the interface is usable without arguments. */
function isInterface(type: ts.Type): boolean {
  const isReference = ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
  return type.isClassOrInterface() || (isReference && type.symbol !== undefined && hasDefaults(type.symbol));
}

function hasDefaults({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (declaration) =>
      (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) &&
      declaration.typeParameters?.every((parameter) => parameter.default !== undefined) === true,
  );
}

function sorted(schemas: readonly Schema[]): readonly Schema[] {
  const keyed = schemas.map((schema) => ({ schema, text: JSON.stringify(schema) }));
  return keyed.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ schema }) => schema);
}

/** `true | false` is a boolean. */
function mergedBooleans(schemas: readonly Schema[]): readonly Schema[] {
  const isBoolean = (schema: Schema): boolean => typeof schema["const"] === "boolean";
  if (schemas.filter(isBoolean).length < 2) return schemas;
  return [...schemas.filter((schema) => !isBoolean(schema)), { type: "boolean" }];
}
