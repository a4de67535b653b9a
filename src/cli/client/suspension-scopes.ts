import type { SuspensionRequest } from "../../api/commands.ts";
import type { SuspensionScope } from "../../model/approval.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { ApiClient } from "./client.ts";
import { CliError } from "../toolbox/cli-error.ts";
import { knownBindings } from "./known-bindings.ts";
import { parseTarget } from "../toolbox/target.ts";

type RequestedScope = SuspensionRequest["scope"];

/**
 * What `suspend` and `resume` take: a binding, `NAMESPACE/`, `@ACCOUNT`, `NAMESPACE/@ACCOUNT`; null means everything.
 * An entire namespace or account is one scope, so that it covers what is added later; functions are one scope each.
 * @throws CliError when it means nothing
 */
export async function scopesOf(
  text: string | undefined,
  client: ApiClient,
  namespace: string | null,
): Promise<readonly RequestedScope[]> {
  if (text === undefined) return [{ everything: true }];
  const [owner = "", account] = text.split("@");
  const isNamespace = /^[a-z0-9-]+\/$/.test(owner);
  const team = isNamespace ? owner.slice(0, -1) : owner === "" ? namespace : null;
  if (owner !== "" && !isNamespace) {
    const bindings = await knownBindings(text, client, namespace);
    return bindings.map(({ key }) => ({ key }));
  }
  const accountId = account === undefined ? undefined : await accountIdOf(account, client);
  return [{ ...(team !== null && { namespace: team }), ...(accountId !== undefined && { accountId }) }];
}

async function accountIdOf(text: string, client: ApiClient): Promise<string> {
  if (parseTarget(`@${text}`).region !== null) {
    throw new CliError(
      `@${text} is a region of an account`,
      "an account is suspended completely: leave the region out",
    );
  }
  const accounts = (await client.overview()).status.accounts;
  const found = accounts.find(({ accountId, name }) => accountId === text || name === text);
  if (found !== undefined) return found.accountId;
  const known = accounts.map(({ name }) => name).join(", ");
  throw new CliError(`no account is called ${text}`, `known: ${known === "" ? "none yet" : known}`);
}

/** The scope of a request as the controller keeps it. */
export function scopeOf({ accountId, namespace, key }: RequestedScope): SuspensionScope {
  return {
    accountId: accountId ?? null,
    namespace: namespace ?? null,
    key: (key ?? null) as SuspensionScope["key"],
  };
}

/** Whether all that the inner scope covers is covered by the outer one too. */
export function includes(outer: SuspensionScope, inner: SuspensionScope): boolean {
  if (outer.key !== null) return outer.key === inner.key;
  const { accountId, namespace } = inner.key === null ? inner : keyParts(inner.key);
  return (
    (outer.accountId === null || outer.accountId === accountId) &&
    (outer.namespace === null || outer.namespace === namespace)
  );
}
