import type { z } from "zod";

/** Where a caller is expanded: the function's own account and region. */
export interface CallerPlace {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}

/** The fields of `lambda:AddPermission`, except the function, the qualifier and the statement's id. */
export interface Permission {
  readonly Action: "lambda:InvokeFunction" | "lambda:InvokeFunctionUrl";
  readonly Principal: string;
  readonly SourceArn?: string;
  readonly SourceAccount?: string;
  readonly PrincipalOrgID?: string;
  readonly FunctionUrlAuthType?: "AWS_IAM" | "NONE";
  readonly InvokedViaFunctionUrl?: boolean;
}

/** One kind of caller of the catalogue. */
export interface CallerEntry<Fields = never> {
  /** The key in `invokedBy`. */
  readonly caller: string;
  readonly allows: string;
  readonly fields: z.ZodType<Fields>;
  /** A function URL belongs to an alias or the unqualified function, never to a version. */
  readonly qualifier: "alias-or-version" | "alias";
  /** The examples together use every field and form. */
  readonly examples: readonly Fields[];
  /** The permissions of the caller. Each becomes one statement. */
  readonly expand: (fields: Fields, place: CallerPlace) => readonly Permission[];
}

/** The ARN of a resource in the function's account and region. */
export function sourceArn(service: string, resource: string, place: CallerPlace): string {
  return `arn:${place.partition}:${service}:${place.region}:${place.accountId}:${resource}`;
}

export function invoke(Principal: string, condition: Omit<Permission, "Action" | "Principal">): Permission {
  return { Action: "lambda:InvokeFunction", Principal, ...condition };
}
