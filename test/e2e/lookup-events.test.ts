import { afterEach, describe, expect, test } from "@jest/globals";
import { PROD } from "../support/installation/estate.ts";
import type { Installation } from "../support/installation/installation.ts";
import { attachAsPerson, attributionsOf, observedSince } from "../support/installation/looking-up.ts";

describe("a difference without an event", () => {
  let installation: Installation;
  afterEach(() => installation.stop());

  const kinds = async (): Promise<readonly string[]> =>
    (await attributionsOf(installation)).map(({ kind }) => kind);
  const reasons = async (): Promise<readonly string[]> =>
    (await attributionsOf(installation)).flatMap((found) => (found.kind === "unknown" ? [found.reason] : []));

  test("gets a candidate from CloudTrail, which may show a later call, in a pass of its key after the one that found it", async () => {
    installation = await observedSince();
    installation.simulator.deliverHistory({ accountId: PROD, sourceAddress: "203.0.113.7" });

    await attachAsPerson(installation);
    await installation.settled();
    await installation.until("a call is known", async () => (await kinds()).includes("candidates"));

    expect(await attributionsOf(installation)).toMatchObject([
      {
        kind: "candidates",
        changes: [{ call: "iam:AttachRolePolicy", actor: { kind: "root", sourceAddress: "203.0.113.7" } }],
      },
    ]);
    expect(installation.simulator.counts()["cloudtrail:LookupEvents"]).toBe(2);
  });

  test("has no author while CloudTrail does not show the call, or may not be asked, and the reason", async () => {
    installation = await observedSince();
    installation.simulator.deliverHistory({ accountId: PROD, loseEvery: 1 });
    await attachAsPerson(installation);
    await installation.settled();
    const asked = () => installation.simulator.counts()["cloudtrail:LookupEvents"] ?? 0;
    await installation.until("CloudTrail was asked", () => asked() > 0);
    await installation.settled();
    expect(await reasons()).toEqual([
      expect.stringContaining("CloudTrail shows no call yet that explains it"),
    ]);

    const kind = { kind: "error", code: "AccessDeniedException", message: "no", status: 400 } as const;
    installation.simulator.addFault({ service: "cloudtrail", kind });
    await installation.restart({ lookupEvents: true });
    const before = asked();
    await installation.settled();
    await installation.until("CloudTrail was asked again", () => asked() > before);
    await installation.settled();

    expect(await reasons()).toEqual([
      "the observer may not ask CloudTrail (cloudtrail:LookupEvents: AccessDenied)",
    ]);
  });
});
