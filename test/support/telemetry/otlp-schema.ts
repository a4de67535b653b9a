import { readFileSync } from "node:fs";

/** A field of a message of OTLP. */
interface Field {
  readonly type: string;
  readonly isRepeated: boolean;
}

type Messages = ReadonlyMap<string, ReadonlyMap<string, Field>>;

const FIELD = /^\s*(repeated |optional )?([\w.]+) (\w+) = \d+/;
/** Their JSON is hex, and not base64. */
const HEX_BYTES: Readonly<Record<string, number>> = { traceId: 32, spanId: 16, parentSpanId: 16 };

const { messages, enums } = parsed(
  readFileSync(new URL("../../fixtures/otlp/otlp.proto", import.meta.url), "utf8"),
);

/** What is wrong in a document of OTLP's JSON, by the messages of the protocol: unknown fields, wrong types. */
export function otlpProblems(message: string, value: unknown, path = message): readonly string[] {
  const fields = messages.get(message);
  if (fields === undefined) return [`${path}: no message ${message}`];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: not an object`];
  return Object.entries(value).flatMap(([name, part]) => {
    const field = fields.get(name);
    const place = `${path}.${name}`;
    if (field === undefined) return [`${place}: unknown`];
    if (!field.isRepeated) return problemsOfValue(field.type, part, { name, place });
    if (!Array.isArray(part)) return [`${place}: not a list`];
    return part.flatMap((one, at) => problemsOfValue(field.type, one, { name, place: `${place}[${at}]` }));
  });
}

function problemsOfValue(
  type: string,
  value: unknown,
  { name, place }: { readonly name: string; readonly place: string },
): readonly string[] {
  const wrong = [`${place}: ${JSON.stringify(value)} is no ${type}`];
  if (enums.has(type) || /^(u?int32|s?fixed32)$/.test(type)) return Number.isInteger(value) ? [] : wrong;
  if (/^(u?int64|s?fixed64)$/.test(type))
    return typeof value === "string" && /^-?\d+$/.test(value) ? [] : wrong;
  if (type === "double") return typeof value === "number" ? [] : wrong;
  if (type === "bool") return typeof value === "boolean" ? [] : wrong;
  if (type === "string") return typeof value === "string" ? [] : wrong;
  if (type === "bytes") {
    const length = HEX_BYTES[name] ?? 0;
    return typeof value === "string" && value.length === length && /^[0-9a-f]*$/.test(value) ? [] : wrong;
  }
  return otlpProblems(type.split(".").at(-1) ?? type, value, place);
}

function parsed(text: string): { readonly messages: Messages; readonly enums: ReadonlySet<string> } {
  const found = new Map<string, Map<string, Field>>();
  const names = new Set<string>();
  const open: (string | null)[] = [];
  for (const line of text.split("\n")) {
    const [, kind, name = ""] = /^\s*(message|enum|oneof) (\w+) \{/.exec(line) ?? [];
    if (kind === "enum") names.add(name);
    if (kind === "message") found.set(name, new Map());
    if (kind !== undefined)
      open.push(kind === "message" ? name : kind === "oneof" ? (open.at(-1) ?? null) : null);
    const field = FIELD.exec(line);
    const message = open.at(-1) ?? null;
    if (field !== null && message !== null)
      found
        .get(message)
        ?.set(camelCase(field[3] ?? ""), { type: field[2] ?? "", isRepeated: field[1] === "repeated " });
    if (kind !== undefined && line.trimEnd().endsWith("}")) open.pop();
    if (/^\s*\}/.test(line)) open.pop();
  }
  return { messages: found, enums: names };
}

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
