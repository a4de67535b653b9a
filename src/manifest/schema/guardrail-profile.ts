import { z } from "zod";
import { LABEL_NAME, labelled, manifestOf, platformMetadata } from "./document.ts";
import { durationText } from "../fields/duration.ts";
import { listOf, plainText, setOf } from "../fields/field.ts";
import { allowedGrants } from "./team.ts";
import { NAMESPACE, OBJECT_NAME } from "../fields/names.ts";

/** A rule, a member of the family of escalation paths, or the family. */
const RULE = {
  what: "a guard rule's id",
  pattern: /^[A-Z]{2,4}-([A-Za-z0-9]{1,64}|\*)$/,
  example: "RES-001",
};

export const profileSelector = z.strictObject({
  namespaces: setOf(plainText(NAMESPACE)).optional(),
  accounts: listOf(plainText(OBJECT_NAME)).optional(),
  labels: labelled("a label").optional(),
});

export type ProfileSelectorSpec = z.infer<typeof profileSelector>;

export const guardrailProfile = manifestOf(
  "GuardrailProfile",
  platformMetadata,
  z.strictObject({
    base: z.enum(["agents", "baseline", "strict"]).optional(),
    agent: z.literal(true).optional(),
    selector: profileSelector.optional(),
    rules: z.record(z.string(), z.enum(["block", "warn", "off"])).optional(),
    unwaivable: listOf(plainText(RULE)).optional(),
    maxUntil: durationText({ units: "hd", min: "1h", max: "3650d", example: "90d" }).optional(),
    requiredAnnotations: listOf(plainText(LABEL_NAME)).optional(),
    approval: z
      .strictObject({
        for: z.literal("new-access"),
        group: plainText(OBJECT_NAME).optional(),
        preapproved: allowedGrants.optional(),
      })
      .optional(),
  }),
);

export type GuardrailProfileSpec = z.infer<typeof guardrailProfile>["spec"];
