import { Comparer } from "../../iam/compare/comparer.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Desired, DesiredAccount } from "../../model/desired.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { TerraformState } from "../deployer/terraform-state.ts";
import { quotasOfRole, type Estate, type UnreadPlace } from "../estate/estate.ts";
import { stackOfRole } from "../estate/role-stacks.ts";
import { roleOfFunction } from "../estate/role-users.ts";
import { AccountUses } from "./account-uses.ts";
import { inPlace, type InPlace, type TakeOverCandidate } from "./in-place.ts";

interface ReadEstates {
  readonly estates: readonly Estate[];
  readonly unread: readonly UnreadPlace[];
  readonly terraform: TerraformState;
}

/** Whether functions could keep their roles. Lives for one import. */
export class TakeOvers {
  readonly #comparer = new Comparer();
  readonly #read: ReadEstates;
  readonly #accounts: Desired["accounts"];
  readonly #uses = new Map<AccountId, AccountUses>();

  constructor(read: ReadEstates, { accounts }: Pick<Desired, "accounts">) {
    this.#read = read;
    this.#accounts = accounts;
  }

  /** null: the role or its account is not known. */
  of(estate: Estate, candidate: Omit<TakeOverCandidate, "role" | "stack" | "quotas">): InPlace | null {
    const account = this.#accounts.get(estate.account.id);
    const role = roleOfFunction(estate, candidate.found);
    if (account === undefined || role.kind !== "present") return null;
    const uses = getOrAdd(this.#uses, account.id, () => this.#usesIn(account));
    const { terraform } = this.#read;
    return inPlace(
      {
        ...candidate,
        role: role.value,
        stack: stackOfRole(estate, role.value),
        quotas: quotasOfRole(estate),
      },
      { account, uses, terraform, comparer: this.#comparer },
    );
  }

  #usesIn(account: DesiredAccount): AccountUses {
    const { estates, unread } = this.#read;
    return new AccountUses(
      account,
      estates.filter((estate) => estate.account.id === account.id),
      unread.filter((place) => place.account.id === account.id),
    );
  }
}
