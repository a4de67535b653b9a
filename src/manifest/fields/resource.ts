import type { z } from "zod";
import { templateText, type TextSyntax } from "./field.ts";

/** Where a grant is expanded: a binding's account and region, or for a ManagedPolicy an account alone. */
export interface GrantPlace {
  readonly partition: string;
  readonly accountId: string;
  /** null in a ManagedPolicy: its regional resources must be full ARNs. */
  readonly region: string | null;
}

/** A kind of AWS resource that a field names, by its short name or its full ARN. */
export interface ResourceKind {
  /** `a DynamoDB table`. */
  readonly what: string;
  /** How its short form is called; default `name`. */
  readonly namedBy?: "id" | "NAME/ID";
  readonly service: string;
  /** The parts of the ARN that are empty; default: none. */
  readonly without?: "region" | "region-and-account";
  /** Before the name in the ARN's last part: `table/`. */
  readonly prefix: string;
  /** The source of a regular expression for the name. */
  readonly name: string;
  /** After the name in a full ARN, as a regular expression: the six characters of a secret. */
  readonly arnSuffix?: string;
  readonly example: string;
}

function resourceSyntax(kind: ResourceKind): TextSyntax {
  const region = kind.without === undefined ? "[a-z0-9-]+" : "";
  const account = kind.without === "region-and-account" ? "" : "\\d{12}";
  const arn = `arn:aws[a-z-]*:${kind.service}:${region}:${account}:${kind.prefix}(${kind.name})${kind.arnSuffix ?? ""}`;
  return {
    what: `${kind.what}: its ${kind.namedBy ?? "name"} or its full ARN`,
    pattern: new RegExp(`^(${kind.name}|${arn})$`),
    example: kind.example,
    advice: (text) => (/[*?]/.test(text) ? NO_PATTERN : undefined),
  };
}

const NO_PATTERN = "write one entry for each resource; a pattern is possible under spec.statements";

/** A field that names such a resource. */
export function resourceField(kind: ResourceKind): z.ZodString {
  return templateText(resourceSyntax(kind));
}

/** The ARN, as in the manifest or composed for the binding's account and region. */
export function resourceArn(kind: ResourceKind, resource: string, place: GrantPlace): string {
  if (isArn(resource)) return resource;
  const region = kind.without === undefined ? regionOf(place) : "";
  const account = kind.without === "region-and-account" ? "" : place.accountId;
  return `arn:${place.partition}:${kind.service}:${region}:${account}:${kind.prefix}${resource}`;
}

export function isArn(resource: string): boolean {
  return resource.startsWith("arn:");
}

/** @throws Error in a ManagedPolicy: a field that needs a region was refused before */
export function regionOf(place: GrantPlace): string {
  if (place.region === null) throw new Error("a ManagedPolicy has no region");
  return place.region;
}
