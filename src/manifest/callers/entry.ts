import type { z } from "zod";
import type { Permission } from "../../iam/read/add-permission.ts";
import { arnParts, type ArnParts } from "../../model/aws/arn.ts";

/** Where a caller is expanded: the function's own account and region. */
export type CallerPlace = Pick<ArnParts, "partition" | "accountId" | "region">;

/** One kind of caller of the catalogue. */
export interface CallerEntry<Fields = never> {
  /** The key in `invokedBy`. */
  readonly caller: string;
  readonly allows: string;
  readonly fields: z.ZodType<Fields>;
  /** A function URL belongs to an alias or the unqualified function, never to a version. */
  readonly aliasOnly?: true;
  /** The examples together use every field and form. */
  readonly examples: readonly NoInfer<Fields>[];
  /** The permissions of the caller. Each becomes one statement. */
  readonly expand: (fields: Fields, place: CallerPlace) => readonly Permission[];
}

/** Takes the type of the fields from their schema. */
export function callerEntry<Fields>(entry: CallerEntry<Fields>): CallerEntry<Fields> {
  return entry;
}

/** The ARN of a resource in the function's account and region. */
export function sourceArn(service: string, resource: string, place: CallerPlace): string {
  return `arn:${place.partition}:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** A service on behalf of one resource, with the account that owns it: the form that most services document. */
export function invokeFor(service: string, SourceArn: string): Permission {
  return invoke(service, { SourceArn, SourceAccount: arnParts(SourceArn).accountId });
}

export function invoke(Principal: string, condition: Omit<Permission, "Action" | "Principal">): Permission {
  return { Action: "lambda:InvokeFunction", Principal, ...condition };
}
