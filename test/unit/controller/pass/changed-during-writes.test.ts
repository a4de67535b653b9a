import { beforeEach, describe, expect, test } from "@jest/globals";
import { liveRole, type LiveAccount, type LiveRole } from "../../../../src/model/live.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";
import { withRole } from "../../../support/pass/apply.ts";
import {
  allow,
  appliedRecord,
  binding,
  desiredAccount,
  documentOf,
  NOW_MS,
} from "../../../support/pass/bindings.ts";
import { accountWith, convergedAccount, liveFunctionOf } from "../../../support/pass/live-state.ts";
import { BINDING, KEY, statusOf } from "../../../support/pass/passes.ts";
import { MORE, ReconcileWorld } from "./reconcile-world.ts";

const WITHOUT_ROLE = accountWith({ found: liveFunctionOf(BINDING) });
const APPLIED = appliedRecord(binding(), { status: statusOf() });
const NEW = { ...APPLIED, applied: null };

function roleIn(live: LiveAccount): LiveRole {
  const found = liveRole(live, BINDING.role.name);
  if (found.kind !== "present") throw new Error("the role is missing");
  return found.value;
}

const changed =
  (change: (role: LiveRole) => Partial<LiveRole>) =>
  (live: LiveAccount): LiveAccount =>
    withRole(live, { ...roleIn(live), ...change(roleIn(live)) });
const withInline = changed(({ inline }) => ({
  inline: [...inline, { name: "other", text: documentOf(allow("*")) }],
}));

let passes: ReconcileWorld;
beforeEach(() => {
  passes = new ReconcileWorld();
});

const fields = () =>
  passes.audit.log.flatMap((entry) => (entry.kind === "drift-found" ? [entry.fields] : []));

const endsOf = (field: string) =>
  passes.audit.log.flatMap((entry) =>
    entry.kind === "drift-ended" && entry.fields.includes(field as never) ? [entry.how] : [],
  );

async function later(): Promise<void> {
  passes.clock.set(passes.clock.nowMs() + 120_000);
  await passes.run([MORE]);
}

describe("a change in AWS after a pass has read the account, and before it has written", () => {
  test.each([
    {
      record: APPLIED,
      live: convergedAccount(binding()),
      field: "inline-extra",
      change: withInline,
      because: "a policy is put while Git's change is written",
    },
    {
      record: APPLIED,
      live: convergedAccount(binding()),
      field: "trust",
      change: changed(() => ({ trust: documentOf(allow("sts:TagSession")) })),
      because: "another field is set while Git's change is written",
    },
    {
      record: NEW,
      live: WITHOUT_ROLE,
      field: "inline-extra",
      change: withInline,
      because: "a policy is put into the role that is being created",
    },
  ])("is found once, alerted to and reverted: $because", async ({ record, live, field, change }) => {
    passes.start(live);
    passes.remember(record);
    let isChanged = false;
    passes.aws.beforeWrite = ({ call }) => {
      if (isChanged || call !== "iam:PutRolePolicy") return;
      isChanged = true;
      passes.aws.live = change(passes.aws.live);
    };
    await passes.run([MORE]);
    const first = { fields: fields(), since: passes.store.records.get(KEY)?.status?.drift?.since };

    await later();
    await later();

    expect(first.since).toBe(new Date(NOW_MS).toISOString());
    expect(
      fields()
        .flat()
        .filter((one) => one === field),
    ).toEqual([field]);
    expect(passes.recorder.alerts.filter(({ kind }) => kind === "drift-opened")).toHaveLength(1);
    expect(passes.store.records.get(KEY)).toMatchObject({ driftSinceMs: {}, incidentSinceMs: null });
    expect(endsOf(field)).toEqual(["reverted"]);
  });

  test("is found and alerted to: the role is created again", async () => {
    passes.start(convergedAccount(binding()));
    passes.remember(APPLIED);
    passes.aws.beforeWrite = () => {
      passes.aws.live = changed(() => ({ roleId: "AROAOFANOTHER0000001" }))(passes.aws.live);
    };
    await passes.run([MORE]);

    await later();
    await later();

    expect(fields()).toEqual([["role-recreated"]]);
    expect(passes.recorder.alerts.filter(({ kind }) => kind === "drift-opened")).toHaveLength(1);
  });

  const replacedInline = changed(({ inline }) => ({
    inline: inline.map((one) => ({ ...one, text: documentOf(allow("*")) })),
  }));

  test.each([
    {
      record: APPLIED,
      live: convergedAccount(binding()),
      field: "inline",
      change: replacedInline,
      because: "the document that this pass has just written is replaced",
    },
    {
      record: NEW,
      live: WITHOUT_ROLE,
      field: "inline",
      change: replacedInline,
      because: "the document of a role that this pass has just created is replaced",
    },
    {
      record: NEW,
      live: WITHOUT_ROLE,
      field: "trust",
      change: changed(() => ({ trust: documentOf(allow("sts:TagSession")) })),
      because: "the trust of a role that this pass has just created is replaced",
    },
  ])("is found and reverted also in a field of our own write: $because", async (row) => {
    passes.start(row.live);
    passes.remember(row.record);
    let step: "before" | "written" | "changed" = "before";
    passes.aws.beforeWrite = ({ call }) => {
      if (call === "iam:PutRolePolicy" && step === "before") step = "written";
    };
    passes.aws.beforeRead = () => {
      if (step !== "written") return;
      step = "changed";
      passes.aws.live = row.change(passes.aws.live);
    };
    await passes.run([MORE]);

    await later();
    await later();

    expect(fields().flat()).toContain(row.field);
    expect(passes.recorder.alerts.filter(({ kind }) => kind === "drift-opened")).toHaveLength(1);
    expect(endsOf(row.field)).toContain("reverted");
  });

  const declared = binding({ tags: [...binding().role.tags, { key: "team", value: "orders" }] });
  const account = desiredAccount({ tagKeys: ["team"] });
  const withSettings = (description: string) => changed(() => ({ description }));
  const withTags = (value: string) =>
    changed(({ tags }) => ({ tags: tags.map((tag) => (tag.key === "team" ? { ...tag, value } : tag)) }));

  test.each([
    { field: "description", of: withSettings, call: "iam:UpdateRole" },
    { field: "tag-different", of: withTags, call: "iam:TagRole" },
  ])("is found again in a field that this pass has just reverted: $field", async ({ field, of, call }) => {
    passes.start(of("of someone")(convergedAccount(declared)));
    passes.remember(appliedRecord(declared, { status: statusOf() }));
    let step: "before" | "written" | "changed" = "before";
    passes.aws.beforeWrite = (action) => {
      if (action.call === call && step === "before") step = "written";
    };
    passes.aws.beforeRead = () => {
      if (step !== "written") return;
      step = "changed";
      passes.aws.live = of("of another")(passes.aws.live);
    };
    await passes.run([declared], { account });
    const before = fields();

    passes.clock.set(passes.clock.nowMs() + 120_000);
    await passes.run([declared], { account });

    expect(before).toEqual([[field]]);
    expect(fields()).toEqual([[field], [field]]);
    expect(endsOf(field)).toEqual(["reverted", "reverted"]);
  });

  test("is not one that our own writes leave behind: the rest of a role whose creation failed halfway", async () => {
    passes.start(WITHOUT_ROLE);
    passes.remember(APPLIED);
    passes.aws.mishap = ({ call }) =>
      call === "iam:PutRolePolicy" ? { kind: "fails", error: awsError("throttled") } : null;
    await passes.run([binding()]);
    passes.aws.mishap = () => null;

    passes.clock.set(passes.clock.nowMs() + 120_000);
    await passes.run([binding()]);

    expect(fields()).toEqual([["role-missing"]]);
  });
});
