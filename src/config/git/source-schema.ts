import { z } from "zod";
import { WEBHOOK_SENDERS } from "../../model/values/webhook-sender.ts";
import { gitSource } from "./git-schema.ts";
import { duration, name } from "../field-forms.ts";

export const webhooks = z.partialRecord(
  z.enum(WEBHOOK_SENDERS),
  z.strictObject({ secretFile: z.string().min(1) }),
);

export const source = z
  .strictObject({
    name: name.optional(),
    namespace: name.refine((text) => text !== "platform", "platform is not a namespace of a team").optional(),
    git: gitSource.optional(),
    directory: z
      .strictObject({ path: z.string().min(1), allowEnforce: z.boolean().default(false) })
      .optional(),
    interval: duration.default(60_000),
    platformPath: z.string().min(1).optional(),
    tenantPath: z.string().min(1).optional(),
    path: z.string().min(1).optional(),
    webhooks: webhooks.optional(),
  })
  .refine(
    (s) => (s.git === undefined) !== (s.directory === undefined),
    "expected exactly one of git, directory",
  )
  .refine(
    (s) => (s.name === undefined) !== (s.namespace === undefined),
    "expected either name (the platform source) or namespace (the source of one namespace, which has the namespace as its name)",
  )
  .refine(
    (s) =>
      s.namespace === undefined ||
      (s.path !== undefined && s.platformPath === undefined && s.tenantPath === undefined),
    "a source of one namespace has path, the folder with its manifests, and neither platformPath nor tenantPath",
  )
  .refine(
    (s) => s.namespace !== undefined || (s.path === undefined && s.webhooks === undefined),
    "path and webhooks belong to a source of one namespace; the platform source has platformPath, tenantPath and the webhooks at the top of the file",
  );
