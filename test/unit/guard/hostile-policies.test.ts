import { expect, test } from "@jest/globals";
import type { Arn } from "../../../src/model/aws/arn.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import {
  HOSTILE_SHAPES,
  hostilePolicy,
  INLINE_CHARACTERS,
  MANAGED_CHARACTERS,
} from "../../support/policies/hostile-policies.ts";
import { judged, liveAccount, verdicts, withRole, world } from "./judged.ts";

const BOUNDARY = "arn:aws:iam::222222222222:policy/grantkeeper-boundary/platform-default";

/** Git attaches ten external policies, and their documents are hostile: a naive comparison of them would never end. */
test.each(Object.entries(HOSTILE_SHAPES))("a role is judged in time with %s attached", (_, shape) => {
  const statements = (
    JSON.parse(hostilePolicy(shape, INLINE_CHARACTERS, "a")) as { readonly Statement: unknown }
  ).Statement as readonly object[];
  const spec = `  statements: ${JSON.stringify(statements.map((statement) => ({ reason: "test", statement })))}`;
  const plain = world(spec);
  const arns = Array.from({ length: 10 }, (_, at) => `arn:aws:iam::222222222222:policy/p${at}` as Arn);
  const attached = withRole(plain, {
    attachments: arns.map((arn) => ({ arn, policy: null, origin: plain.binding.origin })),
  });
  const texts = arns.map((arn, at) => [arn, hostilePolicy(shape, MANAGED_CHARACTERS, `b${at}`)] as const);
  const live = liveAccount({
    policies: { ...Object.fromEntries(texts), [BOUNDARY]: hostilePolicy(shape, MANAGED_CHARACTERS, "c") },
  });
  const before = process.cpuUsage();

  const found = judged(attached, { live });

  expect(verdicts(found).length).toBeGreaterThan(0);
  expect(cpuMs(before)).toBeLessThan(20_000);
});
