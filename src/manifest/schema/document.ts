import { z } from "zod";
import { plainText, pushIssue } from "../fields/field.ts";
import { NAMESPACE, OBJECT_NAME } from "../fields/names.ts";

export const API_VERSION = "grantkeeper.dev/v1alpha1";

export const KINDS = [
  "FunctionPermission",
  "AwsAccount",
  "AccountSet",
  "ManagedPolicy",
  "Team",
  "Waiver",
  "Exclusion",
  "GuardrailProfile",
  "GrantTemplate",
  "ChangeWindow",
] as const;
export type Kind = (typeof KINDS)[number];

/** The name of a label or an annotation. */
export const LABEL_NAME = {
  what: "the name of a label or an annotation",
  pattern: /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
  example: "example.com/ticket",
};

export const labelled = (what: string) =>
  z.record(z.string(), z.string()).check((context) => {
    for (const key of Object.keys(context.value)) {
      if (!LABEL_NAME.pattern.test(key))
        pushIssue(context, [key], {
          message: `${JSON.stringify(key)} is not a name for ${what}`,
          fix: "write it like example.com/ticket",
        });
    }
  });

/** Metadata of a platform object: it has no namespace. */
export const platformMetadata = z.strictObject({
  name: plainText(OBJECT_NAME),
  labels: labelled("a label").optional(),
  annotations: labelled("an annotation").optional(),
});

/** Metadata of a team's object: the namespace is its folder, and may be repeated. */
export const teamMetadata = z.strictObject({
  ...platformMetadata.shape,
  namespace: plainText(NAMESPACE).optional(),
});

/** The schema of the manifests of one kind. */
export function manifestOf<K extends Kind, Metadata extends z.ZodType, Spec extends z.ZodType>(
  kind: K,
  metadata: Metadata,
  spec: Spec,
) {
  return z.strictObject({ apiVersion: z.literal(API_VERSION), kind: z.literal(kind), metadata, spec });
}
