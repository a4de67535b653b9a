/**
 * Writes src/simulator/bounds/*.json from AWS's published models, which the SDK's clients do not carry:
 *
 *   node bin/launch.mjs tools/write-bounds.ts BOTOCORE/botocore/data
 *
 * botocore (Apache-2.0) carries them as AWS publishes them, one service-2.json a service.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import type { Bounds, Shape } from "../src/simulator/bounds/shape.ts";
import type { ServiceName } from "../src/simulator/wire/services.ts";
import { SIMULATED } from "../src/simulator/operations.ts";

interface Modelled {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Modelled>>;
}

/** By the name of the model's folder, which is the service's name for IAM but for one. */
const VERSIONS = {
  cloudformation: "2010-05-15",
  cloudtrail: "2013-11-01",
  events: "2015-10-07",
  iam: "2010-05-08",
  lambda: "2015-03-31",
  organizations: "2016-11-28",
  resourcegroupstaggingapi: "2017-01-26",
  sqs: "2012-11-05",
  ssm: "2014-11-06",
  sts: "2011-06-15",
} as const;
/** A text or number may have any of these; a byte array's limit is of its bytes, not of its base64. */
const BOUNDED_TYPES = new Set(["string", "integer", "long", "double", "float"]);

const [data] = process.argv.slice(2);
if (data === undefined) throw new Error("usage: tools/write-bounds.ts BOTOCORE/botocore/data");
for (const [service, version] of Object.entries(VERSIONS)) {
  const file = join(data, service, version, "service-2.json");
  const model = JSON.parse(readFileSync(file, "utf8")) as Model;
  const text = JSON.stringify(
    boundsOf(model, SIMULATED[service === "resourcegroupstaggingapi" ? "tag" : (service as ServiceName)]),
  );
  const options = { parser: "json", printWidth: 110 } as const;
  writeFileSync(`src/simulator/bounds/${service}.json`, await format(text, options));
}

function boundsOf(model: Model, operations: readonly string[]): Bounds {
  const shapes: Record<string, Shape> = {};
  const inputs: Record<string, string> = {};
  for (const operation of operations) {
    const name = model.operations[operation]?.input?.shape;
    if (name !== undefined && collect(model, name, shapes)) inputs[operation] = name;
  }
  const sorted = Object.entries(shapes).sort(([left], [right]) => (left < right ? -1 : 1));
  return { inputs, shapes: Object.fromEntries(sorted) };
}

/** @returns whether the shape, or one below it, has bounds; then it is in `shapes` */
function collect(model: Model, name: string, shapes: Record<string, Shape>): boolean {
  if (shapes[name] !== undefined) return true;
  const modelled = model.shapes[name];
  const shape = modelled === undefined ? undefined : shapeOf(model, modelled, shapes);
  if (shape === undefined) return false;
  shapes[name] = shape;
  return true;
}

function shapeOf(model: Model, modelled: Modelled, shapes: Record<string, Shape>): Shape | undefined {
  const { type, min, max, pattern } = modelled;
  const size = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  const isSized = min !== undefined || max !== undefined;
  if (type === "structure") {
    const members = Object.entries(modelled.members ?? {}).filter(([, { shape }]) =>
      collect(model, shape, shapes),
    );
    if (members.length === 0) return undefined;
    return {
      kind: "structure",
      members: Object.fromEntries(members.map(([key, { shape }]) => [key, shape])),
    };
  }
  if (type === "list") {
    const member = modelled.member?.shape ?? "";
    return collect(model, member, shapes) || isSized ? { kind: "list", member, ...size } : undefined;
  }
  if (type === "map") {
    const [key, value] = [modelled.key?.shape ?? "", modelled.value?.shape ?? ""];
    const isBounded = [collect(model, key, shapes), collect(model, value, shapes), isSized].includes(true);
    return isBounded ? { kind: "map", key, value, ...size } : undefined;
  }
  if (!BOUNDED_TYPES.has(type) || !(isSized || pattern !== undefined || modelled.enum !== undefined))
    return undefined;
  return {
    kind: "value",
    ...size,
    ...(pattern !== undefined && { pattern }),
    ...(modelled.enum !== undefined && { oneOf: modelled.enum }),
  };
}
