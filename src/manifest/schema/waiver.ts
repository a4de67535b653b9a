import { z } from "zod";
import { manifestOf, platformMetadata } from "./document.ts";
import { instantText, plainText, REASON } from "../fields/field.ts";

export const OWNER = {
  what: "an owner: a person or a team",
  pattern: /^[^\r\n\t]{1,100}$/u,
  example: "dana",
};

export const waiver = manifestOf(
  "Waiver",
  platformMetadata,
  z.strictObject({
    rule: plainText({
      what: "a guard rule's id",
      pattern: /^[A-Z]{2,4}-[A-Za-z0-9]{1,64}$/,
      example: "RES-001",
    }),
    binding: plainText({
      what: "one binding: NAMESPACE/NAME@ACCOUNT/REGION",
      pattern: /^[a-z0-9-]+\/[a-z0-9.-]+@[a-z0-9.-]+\/[a-z0-9-]+$/,
      example: "orders/orders-api@prod/eu-west-1",
    }),
    reason: plainText(REASON),
    owner: plainText(OWNER),
    until: instantText(),
  }),
);

export type WaiverSpec = z.infer<typeof waiver>["spec"];
