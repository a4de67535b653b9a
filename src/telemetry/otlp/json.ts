/** The parts of OTLP's JSON that traces and metrics share. 64-bit integers are decimal strings, ids are hex. */
export interface KeyValue {
  readonly key: string;
  readonly value:
    | { readonly stringValue: string }
    | { readonly boolValue: boolean }
    | { readonly intValue: string }
    | { readonly doubleValue: number };
}

/** What the data is about. */
export interface ServiceIdentity {
  readonly version: string;
  /** `instance` of the operator's file. */
  readonly instance: string;
}

export const SCOPE = { name: "grantkeeper" } as const;

/** @see https://opentelemetry.io/docs/specs/semconv/resource/#service */
export function resourceJson({ version, instance }: ServiceIdentity): {
  readonly attributes: readonly KeyValue[];
} {
  return {
    attributes: keyValues({
      "service.name": "grantkeeper",
      "service.version": version,
      "service.instance.id": instance,
    }),
  };
}

export function keyValues(values: Readonly<Record<string, string | number | boolean>>): readonly KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: string | number | boolean): KeyValue["value"] {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** @param ms since 1970, with fractions */
export function nanoseconds(ms: number): string {
  const integerMs = Math.trunc(ms);
  return String(BigInt(integerMs) * 1_000_000n + BigInt(Math.round((ms - integerMs) * 1_000_000)));
}
