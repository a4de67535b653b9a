import type { ReactNode } from "react";
import { bindingName } from "../../api/names.ts";
import { keyParts, type Key, targetText } from "../../model/keys/key.ts";
import { addressPath } from "../view/address.ts";
import { Breakable, Link } from "./basics.tsx";

/** `orders/orders-api@prod/eu-west-1`, with the way to its screen. */
export function TargetLink({
  bindingKey,
  accounts,
}: {
  readonly bindingKey: Key;
  /** The names of accounts by their id. */
  readonly accounts: ReadonlyMap<string, string>;
}): ReactNode {
  const { accountId, namespace } = keyParts(bindingKey);
  const text = targetText({ key: bindingKey, account: accounts.get(accountId) ?? accountId });
  return (
    <Link to={addressPath("functions", namespace, bindingName(bindingKey))}>
      <Breakable text={text} />
    </Link>
  );
}

/** By the text of an answer; without a manifest there is no screen of it. */
export function NamedTarget({
  target,
  bindingKey,
}: {
  readonly target: string;
  readonly bindingKey: Key | null;
}): ReactNode {
  if (bindingKey === null) return <span>{target}</span>;
  return (
    <Link to={addressPath("functions", keyParts(bindingKey).namespace, bindingName(bindingKey))}>
      <Breakable text={target} />
    </Link>
  );
}
