import type { Brand } from "../values/brand.ts";
import { PARTITIONS } from "./partitions.ts";

/** Twelve digits. */
export type AccountId = Brand<string, "AccountId">;
/** An AWS region name such as `eu-west-1`. */
export type Region = Brand<string, "Region">;
/** An AWS partition such as `aws`, `aws-cn`, `aws-us-gov`. */
export type Partition = Brand<string, "Partition">;
/** An RFC 1123 label: a team's folder and the namespace of its documents. */
export type Namespace = Brand<string, "Namespace">;
/** An RFC 1123 subdomain: `metadata.name`. */
export type ObjectName = Brand<string, "ObjectName">;
/** The `instance` of the operator's file: it is in tags, Sids and session names, and never changes. */
export type InstanceName = Brand<string, "InstanceName">;

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function parseAccountId(text: string): AccountId | undefined {
  return /^\d{12}$/.test(text) ? (text as AccountId) : undefined;
}

export function parseRegion(text: string): Region | undefined {
  return /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/.test(text) ? (text as Region) : undefined;
}

export function parsePartition(text: string): Partition | undefined {
  return PARTITIONS.includes(text) ? (text as Partition) : undefined;
}

export function parseNamespace(text: string): Namespace | undefined {
  return LABEL.test(text) ? (text as Namespace) : undefined;
}

export function parseObjectName(text: string): ObjectName | undefined {
  if (text.length > 253) return undefined;
  return text.split(".").every((part) => LABEL.test(part)) ? (text as ObjectName) : undefined;
}

export function parseInstanceName(text: string): InstanceName | undefined {
  return /^[a-z0-9-]{1,32}$/.test(text) ? (text as InstanceName) : undefined;
}

/** The namespace of platform objects; no team may have that name. */
export const PLATFORM = "platform" as Namespace;
