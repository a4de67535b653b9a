import { describe, expect, test } from "@jest/globals";
import { permissionDelta } from "../../../../src/iam/compare/delta.ts";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import { TABLE, allow, deny, document, role, lines } from "./table-roles.ts";

describe("the delta between two states of a role", () => {
  test.each([
    {
      because: "an added action is newly allowed",
      before: role([document(allow())]),
      after: role([document(allow({ Action: ["dynamodb:GetItem", "dynamodb:Scan"] }))]),
      allowed: [`Allow dynamodb:Scan ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "each action and resource is a row of its own",
      before: role([]),
      after: role([
        document(allow({ Action: ["s3:B", "s3:A"], Resource: ["arn:aws:s3:::y", "arn:aws:s3:::x"] })),
      ]),
      allowed: [
        "Allow s3:A arn:aws:s3:::x proved",
        "Allow s3:A arn:aws:s3:::y proved",
        "Allow s3:B arn:aws:s3:::x proved",
        "Allow s3:B arn:aws:s3:::y proved",
      ],
      noLongerAllowed: [],
    },
    {
      because: "a permission that moves to another document stays allowed",
      before: role([document(allow()), document(allow({ Action: "s3:GetObject" }))]),
      after: role([document(allow({ Action: ["s3:getobject", "dynamodb:GetItem"] })), document(allow())]),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "a permission that a wider row already allowed is not new",
      before: role([document(allow({ Action: "dynamodb:*" }))]),
      after: role([document(allow({ Action: "dynamodb:*" }), allow())]),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "an added wildcard revokes nothing",
      before: role([document(allow())]),
      after: role([document(allow({ Action: "dynamodb:*" }))]),
      allowed: [`Allow dynamodb:* ${TABLE} possible`],
      noLongerAllowed: [],
    },
    {
      because: "an added condition revokes and grants nothing",
      before: role([document(allow())]),
      after: role([document(allow({ Condition: { StringEquals: { "aws:SourceVpc": "v" } } }))]),
      allowed: [],
      noLongerAllowed: [`Allow dynamodb:GetItem ${TABLE} possible`],
    },
    {
      because: "an added Deny revokes its common part with a grant",
      before: role([document(allow())]),
      after: role([document(allow(), deny({ Action: "*", Resource: "*" }))]),
      allowed: [],
      noLongerAllowed: [`Allow dynamodb:GetItem ${TABLE} proved`],
    },
    {
      because: "a removed Deny allows its common part with a grant",
      before: role([document(allow({ Action: "dynamodb:*" }), deny({ Resource: "*" }))]),
      after: role([document(allow({ Action: "dynamodb:*" }))]),
      allowed: [`Allow dynamodb:GetItem ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "an Allow under a Deny grants nothing",
      before: role([document(deny())]),
      after: role([document(allow(), deny())]),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "an Allow that a Deny partly revokes is only possible",
      before: role([document(deny())]),
      after: role([document(allow({ Resource: "*" }), deny())]),
      allowed: ["Allow dynamodb:GetItem * possible"],
      noLongerAllowed: [],
    },
    {
      because: "a Deny that meets no grant has a row, since a resource's policy may grant it",
      before: role([document(allow(), deny({ Action: "s3:*", Resource: "*" }))]),
      after: role([document(allow())]),
      allowed: ["Deny s3:* * possible"],
      noLongerAllowed: [],
    },
    {
      because: "a removed Deny allows only what another Deny does not deny too",
      before: role([document(allow(), deny({ Action: "dynamodb:*" }), deny({ Action: "dynamodb:Get*" }))]),
      after: role([document(allow(), deny({ Action: "dynamodb:Get*" }))]),
      allowed: [`Deny dynamodb:* ${TABLE} possible`],
      noLongerAllowed: [],
    },
    {
      because: "a Deny that excludes the condition of a grant revokes nothing of it",
      before: role([document(allow({ Condition: { Null: { k: "false" } } }))]),
      after: role([
        document(
          allow({ Condition: { Null: { k: "false" } } }),
          deny({ Resource: "*", Condition: { Null: { k: "true" } } }),
        ),
      ]),
      allowed: [],
      noLongerAllowed: ['Deny dynamodb:GetItem * {"Null":{"k":["true"]}} possible'],
    },
    {
      because: "an added grant and a removed Deny of the same permission make one row",
      before: role([document(deny())]),
      after: role([document(allow())]),
      allowed: [`Allow dynamodb:GetItem ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "a row that another row of the list covers is omitted",
      before: role([]),
      after: role([document(allow(), allow({ Action: "dynamodb:*" }), allow({ Action: "dynamodb:Get*" }))]),
      allowed: [`Allow dynamodb:* ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "one of two rows that cover each other is kept",
      before: role([]),
      after: role([document(allow({ Resource: "arn:aws:s3" }), allow({ Resource: "arn:aws:s3:*:*:*:*" }))]),
      allowed: ["Allow dynamodb:GetItem arn:aws:s3 proved"],
      noLongerAllowed: [],
    },
    {
      because: "a wider boundary allows its common part with a grant",
      before: role([document(allow({ Action: "dynamodb:*" }))], document(allow({ Action: "s3:*" }))),
      after: role(
        [document(allow({ Action: "dynamodb:*" }))],
        document(allow({ Action: ["s3:*", "dynamodb:GetItem"], Resource: "*" })),
      ),
      allowed: ["Allow s3:* * possible", `Allow dynamodb:GetItem ${TABLE} proved`].toReversed(),
      noLongerAllowed: [],
    },
    {
      because: "a grant that the boundary only moves is not new",
      before: role([document(allow())], document(allow())),
      after: role([document(allow(), allow({ Action: "dynamodb:*" }))], document(allow())),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "an Allow outside the boundary grants nothing",
      before: role([], document(allow({ Action: "s3:*", Resource: "*" }))),
      after: role([document(allow())], document(allow({ Action: "s3:*", Resource: "*" }))),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "an Allow inside the boundary is proved",
      before: role([], document(allow({ Action: "dynamodb:*", Resource: "*" }))),
      after: role([document(allow())], document(allow({ Action: "dynamodb:*", Resource: "*" }))),
      allowed: [`Allow dynamodb:GetItem ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "a removed boundary may allow anything",
      before: role([document(allow())], document(allow())),
      after: role([document(allow())]),
      allowed: ["Allow * * possible"],
      noLongerAllowed: [],
    },
    {
      because: "an added boundary may revoke anything",
      before: role([document(allow())]),
      after: role([document(allow())], document(allow())),
      allowed: [],
      noLongerAllowed: ["Allow * * possible"],
    },
    {
      because: "an Allow with NotAction is one row",
      before: role([]),
      after: role([
        document({ Effect: "Allow", NotAction: ["s3:*", "iam:*"], NotResource: "arn:aws:s3:::x" }),
      ]),
      allowed: ["Allow all but iam:*, s3:* all but arn:aws:s3:::x proved"],
      noLongerAllowed: [],
    },
    {
      because: "an Allow that excepts every action grants nothing",
      before: role([]),
      after: role([document(allow({ NotResource: "*", Resource: undefined }))]),
      allowed: ["Allow dynamodb:GetItem all but * possible"],
      noLongerAllowed: [],
    },
    {
      because: "a variable in the first five parts of an ARN is never replaced",
      before: role([]),
      after: role([document(allow({ Resource: "arn:aws:${aws:PrincipalTag/s}:::x" }))]),
      allowed: ["Allow dynamodb:GetItem arn:aws:${aws:PrincipalTag/s}:::x possible"],
      noLongerAllowed: [],
    },
    {
      because: "a statement that is not understood may allow and may deny",
      before: role([document(allow())]),
      after: role([document(allow(), { Fresh: 1 })]),
      allowed: ['Allow unknown unknown {"Fresh":1} possible'],
      noLongerAllowed: ['Allow unknown unknown {"Fresh":1} possible'],
    },
    {
      because: "a statement that is not understood equals only itself",
      before: role([document({ Fresh: 1 })]),
      after: role([document({ Fresh: 2 })]),
      allowed: ['Allow unknown unknown {"Fresh":1} possible', 'Allow unknown unknown {"Fresh":2} possible'],
      noLongerAllowed: [
        'Allow unknown unknown {"Fresh":1} possible',
        'Allow unknown unknown {"Fresh":2} possible',
      ],
    },
    {
      because: "an unreadable document is one such row",
      before: role([]),
      after: role(["text"]),
      allowed: ['Allow unknown unknown "text" possible'],
      noLongerAllowed: ['Allow unknown unknown "text" possible'],
    },
    {
      because: "a variable of version 2012 is plain text in version 2008",
      before: role([document(allow({ Resource: "arn:aws:s3:::${aws:username}" }))]),
      after: role([JSON.stringify({ Statement: allow({ Resource: "arn:aws:s3:::${aws:username}" }) })]),
      allowed: ["Allow dynamodb:GetItem arn:aws:s3:::${aws:username} possible"],
      noLongerAllowed: ["Allow dynamodb:GetItem arn:aws:s3:::${aws:username} possible"],
    },
  ])("$because", ({ before, after, allowed, noLongerAllowed }) => {
    expect(lines(before, after)).toEqual({ allowed, noLongerAllowed });
    expect(lines(after, before)).toEqual({ allowed: noLongerAllowed, noLongerAllowed: allowed });
  });

  test("documents in another order make no difference", () => {
    const [a, b] = [document(allow()), document(deny())];

    expect(permissionDelta(role([a, b]), role([b, a]))).toEqual(NO_DELTA);
  });
});
