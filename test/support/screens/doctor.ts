import { NO_ESTATES } from "../fakes/no-estates.ts";
import { NO_ORGANIZATIONS } from "../fakes/no-organizations.ts";
import { NO_REFERENCES } from "../fakes/no-references.ts";
import type { AwsReads, Installation } from "../../../src/cli/toolbox/toolbox.ts";
import { type Source, SourceError } from "../../../src/controller/ports/source.ts";
import { ownDocuments } from "../../../src/aws/own/declared.ts";
import type { OwnIdentity } from "../../../src/model/aws/own-roles.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { desiredOf } from "../../../demo/manifests.ts";
import { TEST_CONFIG } from "./cli.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { PLATFORM_FILES } from "../manifests.ts";
import { binding } from "../pass/bindings.ts";
import { accountWith, liveRoleOf } from "../pass/live-state.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import { checked } from "../record/audit-facts.ts";
import { ok, resultOf } from "../../../src/model/values/result.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";

/** An account with these roles, each with its printed trust and policy, changed. */
function accountOfRoles(
  identities: readonly OwnIdentity[],
  change: (identity: OwnIdentity, statements: readonly Statement[]) => readonly Statement[],
): LiveAccount {
  const documents = ownDocuments(desiredOf(PLATFORM_FILES, "test-1"), {
    instance: "test-1",
    settings: {
      baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base",
      organization: null,
      organizationalUnits: [],
      deployers: [],
      callAs: "SELF" as const,
      functionKeys: {},
      formerRoles: {},
      sources: [],
    },
  });
  const text = (Statement: readonly Statement[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement });
  const roles = identities.map((identity) => {
    const policy = change(identity, documents.policy("222222222222", identity));
    return liveRoleOf(binding(), {
      name: identity,
      arn: `arn:aws:iam::222222222222:role/grantkeeper-system/${identity}` as Arn,
      trust: text(documents.trust({ externalId: "gk-test" })),
      attachments: [],
      boundary: null,
      inline: [{ name: identity, text: text(policy) }],
    });
  });
  return {
    ...accountWith({}),
    roles: new Map(roles.map((value) => [value.name, { kind: "present", value }] as const)),
  };
}

/** What `doctor` reports of the service control policies of an account. */
const CONTROLLED = {
  identity: "reader",
  region: null,
  what: "service control policies",
  outcome: "not-checked",
  detail: "not read: no AccountSet names a reader",
} as const;

/** A source that answers every read with this, or with the failure that is thrown. */
export const sourceWith = (latest: () => Promise<Snapshot>): Source => ({
  name: "main",
  latest: () => resultOf(latest(), SourceError),
  at: () => resultOf(latest(), SourceError),
  compare: async () => ok({ relation: "same", commits: [], authors: { kind: "read", byFile: new Map() } }),
  verify: async () => ok({ kind: "not-required" }),
  watch: async () => async () => undefined,
});

export const PLATFORM_SNAPSHOT = {
  source: "main",
  revision: checked(parseRevision(`main@sha1:${"a".repeat(40)}`)),
  files: Object.entries(PLATFORM_FILES).map(([path, text]) => ({
    path,
    oid: path,
    bytes: new TextEncoder().encode(text),
  })),
  refused: [],
  uncommitted: false,
};

/** An installation whose account answers with these facts. */
export const doctorInstallation = (
  stateDir: string,
  examine: Parameters<typeof awsWith>[0],
): Partial<Installation> => ({
  config: { ...TEST_CONFIG, stateDir },
  source: async () => sourceWith(async () => PLATFORM_SNAPSHOT),
  aws: awsWith(examine),
});

export const awsWith = (
  examine: Awaited<ReturnType<Installation["aws"]>>["examine"],
): Installation["aws"] => {
  const live = { sweep: () => Promise.reject(new Error("no sweep")), read: async () => ok(INSTALLED_ROLES) };
  const serviceControl: AwsReads["serviceControl"] = async ({ accounts }) =>
    new Map(accounts.map(({ id }) => [id, [CONTROLLED]]));
  const close = () => undefined;
  return async () => ({
    live,
    estates: NO_ESTATES,
    organizations: NO_ORGANIZATIONS,
    references: NO_REFERENCES,
    examine,
    serviceControl,
    close,
  });
};

/** The roles as `bootstrap roles` prints them, and the writer without a statement. */
export const INSTALLED_ROLES = accountOfRoles(["observer", "writer"], (identity, statements) =>
  identity === "writer" ? statements.filter(({ Sid }) => Sid !== "CreatePolicy") : statements,
);
