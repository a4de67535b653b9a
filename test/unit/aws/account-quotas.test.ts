import { expect, test } from "@jest/globals";
import { KnownQuotas } from "../../../src/aws/observe/account-quotas.ts";
import type { AccountReader } from "../../../src/aws/observe/reader.ts";
import { AwsError } from "../../../src/model/aws/errors/aws-error.ts";
import { DEFAULT_QUOTAS } from "../../../src/model/live.ts";
import { SILENT } from "../../../src/compose/ports.ts";

const THROTTLED = new AwsError({
  call: "iam:GetAccountSummary",
  code: "Throttling",
  message: "Rate exceeded",
  disposition: { kind: "throttled" },
  requestId: "r-1",
  lost: false,
});
const CLOCK = { nowMs: () => 1_000 };

/** Each call of `iam` takes the next of these answers. */
function readerOf(answers: readonly object[]): AccountReader {
  const left = [...answers];
  const iam = async (): Promise<object> => {
    const answer = left.shift() ?? new Error("there was no call to expect");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { account: { id: "111122223333", name: "staging" }, iam } as unknown as AccountReader;
}

const quotas = (): KnownQuotas => new KnownQuotas(CLOCK, SILENT);

test.each([
  { answer: "without a summary", sent: {} },
  { answer: "with an empty summary", sent: { SummaryMap: {} } },
])("an answer $answer gives the defaults of AWS", async ({ sent }) => {
  expect(await quotas().read(readerOf([sent]))).toEqual(DEFAULT_QUOTAS);
});

test("the defaults after a failure are not kept", async () => {
  const known = quotas();
  const reader = readerOf([THROTTLED, { SummaryMap: { PolicySizeQuota: 12_288 } }]);

  expect(await known.read(reader)).toEqual(DEFAULT_QUOTAS);
  expect((await known.read(reader)).policySize).toBe(12_288);
});

test("fresh quotas replace those of the last hour", async () => {
  const known = quotas();
  const reader = readerOf([{ SummaryMap: {} }, { SummaryMap: { RolePolicySizeQuota: 20_480 } }]);
  await known.read(reader);
  await known.readFresh(reader);

  expect((await known.read(reader)).rolePolicySize).toBe(20_480);
});
