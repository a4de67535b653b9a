import type { CallDenial } from "../../model/denials/call-denial.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";

/** Whose call was denied. Only that of a function itself shows what its manifest lacks. */
export type CallOwner =
  | { readonly kind: "function"; readonly key: Key }
  /** A caller that assumed the role of this function, and is not the function. */
  | { readonly kind: "other-session"; readonly key: Key }
  /** This function, on a role that its manifest does not declare: a grant would not change that role. */
  | { readonly kind: "other-role"; readonly key: Key }
  | { readonly kind: "not-managed" };

type OwningBinding = Pick<DesiredBinding, "key" | "accountId" | "region" | "functionName" | "functionArn"> & {
  readonly role: Pick<DesiredBinding["role"], "arn">;
};

/** Finds the function of a denied call among declared ones. */
export class DeclaredCallers {
  readonly #byRole: ReadonlyMap<string, readonly OwningBinding[]>;
  readonly #byName: ReadonlyMap<string, readonly OwningBinding[]>;

  constructor(bindings: Iterable<OwningBinding>) {
    const all = [...bindings];
    this.#byRole = Map.groupBy(all, ({ role }) => role.arn);
    this.#byName = Map.groupBy(all, nameIn);
  }

  /**
   * The name of a session proves nothing by itself, as a caller that assumes the role chooses it: the function that AWS issued the
   * credentials to decides, if the event names it.
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html "inScopeOf"
   */
  ownerOf(call: CallDenial): CallOwner {
    const ofRole = (this.#byRole.get(call.roleArn) ?? []).filter(
      ({ accountId }) => accountId === call.accountId,
    );
    const [first] = ofRole;
    if (first !== undefined) {
      const own = callerAmong(ofRole, call);
      return own === null ? { kind: "other-session", key: first.key } : { kind: "function", key: own.key };
    }
    const { accountId, region, sessionName } = call;
    const named = this.#byName.get(nameIn({ accountId, region, functionName: sessionName })) ?? [];
    const onOther = callerAmong(named, call);
    return onOther === null ? { kind: "not-managed" } : { kind: "other-role", key: onOther.key };
  }
}

/** Functions of several regions on one role are distinguished by the credentials or, without them, by the region of the call. */
function callerAmong(declared: readonly OwningBinding[], call: CallDenial): OwningBinding | null {
  const found = declared.filter((one) => isCaller(one, call));
  const [only, ...others] = found;
  if (only === undefined || others.length === 0) return only ?? null;
  return found.find(({ region }) => region === call.region) ?? null;
}

function isCaller(
  { functionArn, functionName }: OwningBinding,
  { sessionName, issuedTo }: CallDenial,
): boolean {
  if (sessionName !== functionName) return false;
  return issuedTo === null || issuedTo === functionArn || issuedTo.startsWith(`${functionArn}:`);
}

function nameIn({
  accountId,
  region,
  functionName,
}: Pick<OwningBinding, "functionName"> & { readonly accountId: string; readonly region: string }): string {
  return `${accountId}/${region}/${functionName}`;
}
