import type { Digest } from "../../../src/model/values/digest.ts";
import { FOREIGN_WORDS, type ORDERS_API } from "./world-keys.ts";
import { NOW } from "../fakes/fake-control.ts";
import { type Answer } from "./http-server.ts";

export const leaks = ({ text }: Answer): readonly string[] =>
  FOREIGN_WORDS.filter((word) => text.includes(word));
export const hold = (subject: Digest, keys: readonly (typeof ORDERS_API)[]) => ({
  subject,
  code: "first-enforcing-pass" as const,
  sinceMs: Date.parse(NOW),
  reason: "first enforcing pass: payments and orders",
  account: "prod",
  keys,
  actions: 31,
});

export function row(resource: string) {
  return {
    effect: "Allow",
    principal: null,
    action: "s3:GetObject",
    resource,
    condition: "",
    from: "inline grantkeeper",
    sid: null,
    origin: null,
    certainty: "proved",
    risk: "none",
    otherCondition: null,
    limit: null,
  } as const;
}
