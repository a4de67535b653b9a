import type { CallerDraft, Site } from "../draft.ts";

type Trigger = "api" | "bucket" | "rule" | "topic";

/** What calls a function in an ordinary deployment. */
export interface UsualCaller {
  readonly trigger: Trigger;
  readonly logicalId: string;
  readonly input: Omit<CallerDraft, "StatementId">;
}

const TRIGGERS: readonly Trigger[] = ["api", "bucket", "rule", "topic"];

/** None or one caller, as the tools declare it today: with the account of the source where AWS recommends it. */
export function usualCallers(site: Site, domain: string): readonly UsualCaller[] {
  const { random } = site;
  if (!random.isIn(60)) return [];
  const trigger = random.pick(TRIGGERS);
  return [{ trigger, logicalId: LOGICAL_IDS[trigger], input: INPUTS[trigger](site, domain) }];
}

const LOGICAL_IDS: Readonly<Record<Trigger, string>> = {
  api: "ApiGetPermission",
  bucket: "UploadsPermission",
  rule: "SchedulePermission",
  topic: "ChangesPermission",
};

const INPUTS: Readonly<Record<Trigger, (site: Site, domain: string) => UsualCaller["input"]>> = {
  api: (site, domain) =>
    allowInvoke("apigateway.amazonaws.com", { SourceArn: `${apiArn(site)}/*/GET/${domain}` }),
  bucket: ({ partition, accountId }, domain) =>
    allowInvoke("s3.amazonaws.com", {
      SourceArn: `arn:${partition}:s3:::acme-${domain}-${accountId}`,
      SourceAccount: accountId,
    }),
  rule: ({ partition, region, accountId }, domain) =>
    allowInvoke("events.amazonaws.com", {
      SourceArn: `arn:${partition}:events:${region}:${accountId}:rule/${domain}-nightly`,
    }),
  topic: ({ partition, region, accountId }, domain) =>
    allowInvoke("sns.amazonaws.com", {
      SourceArn: `arn:${partition}:sns:${region}:${accountId}:${domain}-changes`,
    }),
};

export function allowInvoke(
  Principal: string,
  source: Pick<CallerDraft, "SourceArn" | "SourceAccount">,
): UsualCaller["input"] {
  return { Action: "lambda:InvokeFunction", Principal, ...source };
}

export function apiArn({ partition, region, accountId, random }: Site): string {
  return `arn:${partition}:execute-api:${region}:${accountId}:${random.mixed(10).toLowerCase()}`;
}
