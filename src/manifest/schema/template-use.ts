import { z } from "zod";
import { instantText, plainText, REASON } from "../fields/field.ts";
import { OBJECT_NAME } from "../fields/names.ts";
import { PARAMETER_VALUE } from "../fields/parameter.ts";

/** Without a version, a new one would change its users with no change in their own files: the compiler names the newest. */
const templateUse = z.strictObject({
  template: plainText(OBJECT_NAME),
  version: z.int().min(1).max(9_999).optional(),
  parameters: z.record(z.string(), plainText(PARAMETER_VALUE)).optional(),
  until: instantText().optional(),
  reason: plainText(REASON).optional(),
});

export type TemplateUseSpec = z.infer<typeof templateUse>;

/** Each use has up to a hundred statements, and a role has one inline policy of 10,240 characters. */
const MAX_TEMPLATES = 20;

/** `spec.templates` of a function or a policy. */
export const templateUses = z.array(templateUse).max(MAX_TEMPLATES);
