import { own, type IamLookup } from "../contract.ts";
import type { IamState, Role } from "./state.ts";

/** The IAM of the accounts, as a service sees it. */
export interface LookupSource {
  iamOf(accountId: string): IamState | undefined;
  accountIds(): readonly string[];
}

export function iamLookup(source: LookupSource): IamLookup {
  let arnsById: ReadonlyMap<string, string> | undefined;
  return {
    principalId: (arn) => principalId(source, arn),
    principalArn: (id) => {
      arnsById ??= indexById(source);
      return arnsById.get(id);
    },
    roleTrustsLambda: (roleArn) => {
      const role = simulatedRoleByArn(source, roleArn);
      return role === undefined ? undefined : trustsLambda(role.trust);
    },
  };
}

export function simulatedRoleByArn(source: LookupSource, arn: string): Role | undefined {
  const parts = /^arn:[^:]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn);
  const role = own(source.iamOf(parts?.[1] ?? "")?.roles ?? {}, parts?.[2] ?? "");
  return role?.arn === arn ? role : undefined;
}

function principalId(source: LookupSource, arn: string): string | undefined {
  if (/^arn:[^:]+:iam::\d{12}:root$/.test(arn)) return arn;
  if (/^arn:[^:]+:sts::\d{12}:(assumed-role\/[^/]+\/[^/]+|federated-user\/[^/]+)$/.test(arn)) return arn;
  const user = /^arn:[^:]+:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/.exec(arn);
  if (user === null) return simulatedRoleByArn(source, arn)?.id;
  const found = own(source.iamOf(user[1] ?? "")?.users ?? {}, user[2] ?? "");
  return found?.arn === arn ? found.id : undefined;
}

function indexById(source: LookupSource): ReadonlyMap<string, string> {
  const entries = source.accountIds().flatMap((accountId) => {
    const iam = source.iamOf(accountId);
    return iam === undefined ? [] : [...Object.values(iam.roles), ...Object.values(iam.users)];
  });
  return new Map(entries.map(({ id, arn }) => [id, arn]));
}

interface TrustStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
}

/** Conditions are ignored: the check of Lambda at UpdateFunctionConfiguration is only about the principal. */
function trustsLambda(trust: string): boolean {
  const { Statement } = JSON.parse(trust) as {
    readonly Statement: TrustStatement | readonly TrustStatement[];
  };
  const statements = [Statement].flat() as readonly TrustStatement[];
  return statements.some(
    ({ Effect, Action, Principal }) =>
      Effect === "Allow" &&
      [Action ?? []].flat().some((action) => action.toLowerCase() === "sts:assumerole") &&
      typeof Principal === "object" &&
      [Principal["Service"] ?? []].flat().includes("lambda.amazonaws.com"),
  );
}
