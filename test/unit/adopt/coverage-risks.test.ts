import { describe, expect, test } from "@jest/globals";
import type { LiveAccount, LiveRole } from "../../../src/model/live.ts";
import { coverage, liveWith, lone, onlyOne } from "../../support/adopt/coverage.ts";
import { estateRole } from "../../support/adopt/estate.ts";
import { allow, deny, documentOf } from "../../support/pass/bindings.ts";

describe("the risks of a live function", () => {
  const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

  test.each([
    { risks: ["admin"], because: "Action * on Resource *", inline: documentOf(allow("*")) },
    { risks: ["admin"], because: "Action *:*", inline: documentOf(allow("*:*")) },
    {
      risks: ["wildcard"],
      because: "Action * on one resource",
      inline: documentOf(allow("*", "arn:aws:s3:::a")),
    },
    { risks: ["wildcard"], because: "all actions of a service", inline: documentOf(allow("s3:*")) },
    { risks: [], because: "a prefix of actions", inline: documentOf(allow("s3:Get*")) },
    { risks: [], because: "a Deny allows nothing", inline: documentOf(deny("*")) },
    {
      risks: ["wildcard"],
      because: "NotAction allows what AWS adds later",
      inline: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
      }),
    },
    {
      risks: ["wildcard"],
      because: "a condition limits Action *",
      inline: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "*",
            Resource: "*",
            Condition: { Bool: { "aws:SecureTransport": "true" } },
          },
        ],
      }),
    },
  ])("$risks: $because", ({ risks, inline }) => {
    const found = onlyOne(coverage({ live: withRole({ inline: [{ name: "main", text: inline }] }) }));

    expect(found.risks).toEqual(risks);
  });

  test("a statement of its resource policy that is not understood may allow anything", () => {
    const text = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction", Resource: "*", Extra: 1 },
      ],
    });
    const policies = new Map([["", { kind: "present", value: { text, revisionId: "1" } }]] as const);

    expect(onlyOne(coverage({ live: liveWith([lone({ policies })]) }))).toMatchObject({
      risks: [],
      unread: expect.arrayContaining(["a statement of its resource policy"]),
    });
  });

  test("an attached policy counts, and one that was not read is named", () => {
    const read = withRole(
      { attachments: [ADMIN as LiveRole["attachments"][number]] },
      documentOf(allow("*")),
    );
    const unread = withRole({ attachments: [ADMIN as LiveRole["attachments"][number]] });

    expect(onlyOne(coverage({ live: read })).risks).toEqual(["admin"]);
    expect(onlyOne(coverage({ live: unread }))).toMatchObject({
      risks: [],
      unread: expect.arrayContaining(["policy AdministratorAccess"]),
    });
  });

  test.each(["{", JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Acton: "*" }] })])(
    "a document that is not understood is not free of risk: %s",
    (text) => {
      const found = onlyOne(coverage({ live: withRole({ inline: [{ name: "main", text }] }) }));

      expect(found.unread).toContain("a statement of policy main");
    },
  );

  test("a role that an incomplete listing lacks may have any risk; a complete one shows that it does not exist", () => {
    const live = { ...liveWith([lone()]), roles: new Map() };

    const unreadIn = (complete: boolean): readonly string[] =>
      onlyOne(coverage({ live: { ...live, complete } })).unread;

    expect(unreadIn(false)).toContain("role old was not read");
    expect(unreadIn(true).join()).not.toContain("role old");
  });

  test("a public caller is a risk, and a resource policy that was not read is no sign of none", () => {
    const text = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Sid: "a", Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction", Resource: lone().arn },
      ],
    });
    const open = lone({ policies: new Map([["", { kind: "present", value: { text, revisionId: "1" } }]]) });
    const closed = lone({ policies: new Map([["", { kind: "absent" }]]) });

    expect(onlyOne(coverage({ live: liveWith([open]) }))).toMatchObject({ risks: ["public"] });
    expect(onlyOne(coverage({ live: liveWith([closed]) })).unread.join()).not.toContain("resource policy");
    expect(onlyOne(coverage({ live: liveWith([lone()]) })).unread.join()).toContain("resource policy");
  });
});

/** @param adminText of AdministratorAccess, if it was read */
function withRole(change: Partial<LiveRole>, adminText?: string): LiveAccount {
  const arn = "arn:aws:iam::aws:policy/AdministratorAccess" as LiveRole["attachments"][number];
  return {
    ...liveWith([lone()]),
    roles: new Map([["old", { kind: "present", value: estateRole("old", change) }]]),
    awsManaged: new Map(
      adminText === undefined
        ? []
        : [[arn, { kind: "present", value: { arn, versionId: "v1", text: adminText } }]],
    ),
  };
}
