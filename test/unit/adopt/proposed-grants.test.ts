import { expect, test } from "@jest/globals";
import { proposedGrants, type ProposalSubject } from "../../../src/adopt/proposal/proposed-grants.ts";
import type { GrantProposal } from "../../../src/model/answers/questions/grant-proposal.ts";
import type { LiveRole } from "../../../src/model/live.ts";
import type { Region } from "../../../src/model/aws/ids.ts";
import { ACCOUNT_ID, allow, binding, BOUNDARY, documentOf, REGION } from "../../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf, liveRoleOf } from "../../support/pass/live-state.ts";

const ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table`;
const LOGS = `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:/aws/lambda/orders-api`;

type Proposed = Pick<GrantProposal, "grants" | "fields" | "notes">;

function proposed(
  text: string,
  role: Partial<LiveRole> = {},
  change: Partial<ProposalSubject> = {},
): Proposed {
  const inline = [{ name: "inline policy access", text }];
  return proposedGrants({
    found: liveFunctionOf(binding()),
    role: liveRoleOf(binding(), { boundary: null, ...role }),
    policies: { kind: "known", inline, customerManaged: [], awsManaged: [] },
    live: emptyAccount(),
    partition: binding().partition,
    region: REGION,
    ...change,
  });
}

const READ = documentOf(allow("dynamodb:GetItem", `${ARN}/orders`));

test("logs that are the default of a manifest are no field, and need no comment", () => {
  const text = documentOf(allow("dynamodb:GetItem", `${ARN}/orders`), {
    ...allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
    Resource: [LOGS, `${LOGS}:*`],
  });

  expect(proposed(text)).toMatchObject({ fields: {}, notes: [] });
});

test.each([
  {
    because: "a grant with a wildcard",
    found: () => proposed(documentOf(allow("cloudwatch:PutMetricData"))),
    note: /^a grant has a wildcard, which the rules may refuse: \{ metrics: \{ namespace: "\*" \} \}$/,
  },
  {
    because: "a boundary",
    found: () => proposed(READ, { boundary: BOUNDARY }),
    note: /has the boundary .*, which may deny a part of the grants$/,
  },
  {
    because: "an instance profile",
    found: () => proposed(READ, { instanceProfiles: ["web"] }),
    note: /is in 1 instance profile: the grants may be for programs on EC2$/,
  },
  {
    because: "a region that was not read",
    found: () =>
      proposed(
        READ,
        {},
        {
          live: {
            ...emptyAccount(),
            regions: new Map([["us-east-1" as Region, { kind: "failed", reason: "throttled" }]]),
          },
        },
      ),
    note: /^functions in us-east-1 may have role \S+ too: not read completely$/,
  },
  {
    because: "a statement that no manifest can declare",
    found: () =>
      proposed(
        JSON.stringify({ Version: "2008-10-17", Statement: allow("s3:GetObject", "arn:aws:s3:::${x}/*") }),
      ),
    note: /^not in the grants: a statement of inline policy access, which no manifest can declare: /,
  },
  {
    because: "a role without exactly the default of logs",
    found: () => proposed(READ),
    note: /^a manifest lets the function write to its log group unless it has logs: false; /,
  },
])("$because is a comment", ({ found, note }) => {
  expect(found().notes.filter((text) => note.test(text))).toHaveLength(1);
});
