import { byText } from "../../text/order.ts";
import { manifestText, type ManifestBody, type ManifestTarget } from "./manifest-text.ts";
import { objectName } from "./names.ts";
import { PolicyFiles } from "./policy-files.ts";
import type { DraftedFunction, ImportFolders, ProposedFile } from "./proposed-file.ts";
import { withVariables } from "./variables.ts";

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
  const [first] = group;
  if (first === undefined) return [];
  const bodies = group.map((one) => bodyOf(one, policies));
  const same = sharedBody(group, bodies);
  const pathOf = (name: string): string => `${tenantPath}/${first.namespace}/${name}.yaml`;
  if (same !== null) {
    const text = manifestText(same.body, group.map(targetOf));
    const { hasVariables } = same;
    return [{ path: pathOf(first.name), kind: "function", text, hasVariables, functions: group }];
  }
  return group.map((one, at) => {
    const { account, region } = targetOf(one);
    const name = `${one.name}-${objectName(account) ?? account}-${region}`;
    const text = manifestText({ ...(bodies[at] as ManifestBody), name }, [{ account, region }]);
    return { path: pathOf(name), kind: "function" as const, text, hasVariables: false, functions: [one] };
  });
}

interface SharedBody {
  readonly body: ManifestBody;
  readonly hasVariables: boolean;
}

/** The body of all targets, if they are declared alike, with variables if necessary; null if they are not. */
function sharedBody(group: readonly DraftedFunction[], bodies: readonly ManifestBody[]): SharedBody | null {
  const plain = onlyOne(bodies);
  if (plain !== null) return { body: plain, hasVariables: false };
  const body = onlyOne(
    bodies.map((body, at) => {
      const one = group[at];
      if (one === undefined) return body;
      const { account, region } = one.estate;
      return withVariables(body, { accountId: account.id, region, vars: one.vars });
    }),
  );
  return body === null ? null : { body, hasVariables: true };
}

function onlyOne(bodies: readonly ManifestBody[]): ManifestBody | null {
  const [first, ...others] = bodies;
  if (first === undefined) return null;
  const text = manifestText(first, []);
  return others.every((other) => manifestText(other, []) === text) ? first : null;
}

function bodyOf({ draft, name, roleName, estate }: DraftedFunction, policies: PolicyFiles): ManifestBody {
  const { body, keptPolicies, awsManaged } = draft;
  const references = keptPolicies.map((policy) => policies.reference(policy));
  return {
    ...body,
    name,
    role: roleName === null ? body.role : { name: roleName, ...body.role },
    managedPolicies: [...awsManaged, ...references].sort(),
    readOn: new Date(estate.observedAtMs).toISOString().slice(0, 10),
  };
}

function targetOf({ estate }: DraftedFunction): ManifestTarget {
  return { account: estate.account.name, region: estate.region };
}
