import { byText } from "../../text/order.ts";
import { manifestText, type ManifestBody, type ManifestTarget } from "./manifest-text.ts";
import { fittingName } from "./names.ts";
import { PolicyFiles } from "./policy-files.ts";
import type { DraftedFunction, ImportFolders, ProposedFile } from "./proposed-file.ts";
import { withVariables } from "./variables.ts";
import { dayOf } from "../../model/values/duration.ts";

/** The files of all drafts, sorted by path: one for each function, or for several targets if they are declared alike. */
export function proposedFiles(
  drafted: readonly DraftedFunction[],
  folders: ImportFolders,
): readonly ProposedFile[] {
  const policies = new PolicyFiles(drafted, folders);
  const groups = Map.groupBy(drafted, ({ namespace, name }) => `${namespace}/${name}`);
  const files = [...groups.values()].flatMap((group) => filesOf(group, policies, folders));
  return [...files, ...policies.files].sort((a, b) => byText(a.path, b.path));
}

function filesOf(
  group: readonly DraftedFunction[],
  policies: PolicyFiles,
  { tenantPath }: ImportFolders,
): readonly ProposedFile[] {
  const drafts = group.map((one) => ({ one, body: bodyOf(one, policies) }));
  const pathOf = ({ namespace }: DraftedFunction, name: string): string =>
    `${tenantPath}/${namespace}/${name}.yaml`;
  const same = sharedDraft(drafts);
  if (same !== undefined) {
    const { one, body, hasVariables } = same;
    const text = manifestText(body, group.map(targetOf));
    return [{ path: pathOf(one, body.name), kind: "function", text, hasVariables, functions: group }];
  }
  return drafts.map(({ one, body }) => {
    const { account, region } = targetOf(one);
    const name = fittingName(`${body.name}-${account}-${region}`);
    const text = manifestText({ ...body, name }, [{ account, region }]);
    return {
      path: pathOf(one, name),
      kind: "function" as const,
      text,
      hasVariables: false,
      functions: [one],
    };
  });
}

interface Drafted {
  readonly one: DraftedFunction;
  readonly body: ManifestBody;
}

/** The first of all targets, if they are declared alike, with variables if necessary. */
function sharedDraft(drafts: readonly Drafted[]): (Drafted & { readonly hasVariables: boolean }) | undefined {
  const plain = firstOfEqual(drafts);
  if (plain !== undefined) return { ...plain, hasVariables: false };
  const first = firstOfEqual(
    drafts.map(({ one, body }) => {
      const { account, region } = one.estate;
      return { one, body: withVariables(body, { accountId: account.id, region, vars: one.vars }) };
    }),
  );
  return first && { ...first, hasVariables: true };
}

function firstOfEqual(drafts: readonly Drafted[]): Drafted | undefined {
  const texts = new Set(drafts.map(({ body }) => manifestText(body, [])));
  return texts.size === 1 ? drafts[0] : undefined;
}

function bodyOf({ draft, name, roleName, estate }: DraftedFunction, policies: PolicyFiles): ManifestBody {
  const { body, keptPolicies, awsManaged } = draft;
  const references = keptPolicies.map((policy) => policies.reference(policy));
  return {
    ...body,
    name,
    role: roleName === null ? body.role : { name: roleName, ...body.role },
    managedPolicies: [...awsManaged, ...references].sort(),
    readOn: dayOf(estate.observedAtMs),
  };
}

function targetOf({ estate }: DraftedFunction): ManifestTarget {
  return { account: estate.account.name, region: estate.region };
}
