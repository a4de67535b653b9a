import { useMemo, useState, type ReactNode } from "react";
import type { FunctionObject } from "../../../api/bindings.ts";
import { BASE_PATH } from "../../../api/group.ts";
import type { PermissionsObject } from "../../../api/permissions.ts";
import { NOT_FOLLOWED } from "../../../explain/reverse/reach.ts";
import type { EdgeState } from "../../../model/answers/questions/access-map.ts";
import type { ReachedFunction, ReachedStep } from "../../../model/answers/questions/reached.ts";
import { keyParts, targetText, type Key } from "../../../model/keys/key.ts";
import { shortArn } from "../../../plan/render/words.ts";
import { counted } from "../../../text/phrases.ts";
import { furtherReach } from "../../view/map/further.ts";
import { sharedRolesOf } from "../../view/map/roles.ts";
import { MOST_READ_TOGETHER, useAllPages } from "../../client/all-pages.ts";
import { useBindingRows } from "../../client/binding-rows.ts";
import { accountNames, useOverview } from "../../client/overview.ts";
import { isExported } from "../../client/transport.ts";
import { Failure, State } from "../../parts/basics.tsx";
import { PagedView } from "../../parts/paged-view.tsx";
import { Loading } from "../../parts/resource-view.tsx";
import { TargetLink } from "../../parts/target-link.tsx";
import { UnknownFunctionList } from "../map/unknown-functions.tsx";

/** What follows over other functions. It needs the permissions of all of them, so they are read when someone asks. */
export function Further({ bindingKey }: { readonly bindingKey: Key }): ReactNode {
  const [isAsked, ask] = useState(false);
  if (isExported())
    return (
      <p className="quiet-text">
        What follows over other functions is not in an export: grantkeeper reach asks the running controller.
      </p>
    );
  if (isAsked) return <ReadIfFew bindingKey={bindingKey} />;
  return (
    <p>
      <button type="button" className="plain" onClick={() => ask(true)}>
        Show what it reaches over other functions, and who else is on its role
      </button>
    </p>
  );
}

/** Of a large estate, only a program outside the browser follows. */
function ReadIfFew({ bindingKey }: { readonly bindingKey: Key }): ReactNode {
  const { rows, live } = useBindingRows();
  const accounts = accountNames(useOverview().value);
  if (live.kind === "loading") return <Loading />;
  if (rows.length <= MOST_READ_TOGETHER) return <Read bindingKey={bindingKey} />;
  const { accountId } = keyParts(bindingKey);
  const target = targetText({ key: bindingKey, account: accounts.get(accountId) ?? accountId });
  return (
    <p className="empty">
      {rows.length} bindings and policies are too many to read together in a browser:{" "}
      <code>grantkeeper reach {target}</code> follows them. The map has the functions of one namespace on a
      role.
    </p>
  );
}

const PAGE = 100;

function Read({ bindingKey }: { readonly bindingKey: Key }): ReactNode {
  const functions = useAllPages<FunctionObject>(`${BASE_PATH}/functions`, PAGE);
  const permissions = useAllPages<PermissionsObject>(`${BASE_PATH}/permissions`, PAGE);
  if (functions.failed !== null)
    return <Failure failed={functions.failed} retry={functions.readAgain} what="The functions" />;
  if (functions.state !== "complete") return <Loading />;
  return (
    <PagedView paged={permissions} what="The permissions">
      {(items, isComplete) =>
        isComplete && (
          <>
            <Roles bindingKey={bindingKey} items={items} />
            <Reached bindingKey={bindingKey} items={items} functions={functions.items} />
          </>
        )
      }
    </PagedView>
  );
}

interface Items {
  readonly bindingKey: Key;
  readonly items: readonly PermissionsObject[];
}

function Roles({ bindingKey, items }: Items): ReactNode {
  const accounts = accountNames(useOverview().value);
  const { roles, unread } = sharedRolesOf(items, bindingKey);
  return (
    <>
      <h3>Its role</h3>
      {roles.length === 0 && <State tone="quiet">unknown: its role was not read</State>}
      {roles.map(({ arn, others }) => (
        <p key={arn}>
          {others.length === 0
            ? `No other function that you see is on ${shortArn(arn)}.`
            : `Also on ${shortArn(arn)}: `}
          {others.map((other, at) => (
            <span key={other}>
              {at > 0 && ", "}
              <TargetLink bindingKey={other} accounts={accounts} />
            </span>
          ))}
        </p>
      ))}
      {unread.length > 0 && (
        <p>
          <State tone="quiet">
            the roles of {counted(unread.length, "function")} were not read: these may be on it too
          </State>
        </p>
      )}
    </>
  );
}

function Reached({
  bindingKey,
  items,
  functions,
}: Items & { readonly functions: readonly FunctionObject[] }): ReactNode {
  const overview = useOverview().value;
  const { steps, unknown } = useMemo(
    () => furtherReach(bindingKey, { permissions: items, functions, accounts: accountNames(overview) }),
    [bindingKey, items, functions, overview],
  );
  return (
    <>
      <h3>Over other functions</h3>
      {steps.length === 0 ? (
        <p className="empty">Nothing was found that runs another function.</p>
      ) : (
        <Steps steps={steps} />
      )}
      <UnknownFunctionList unknown={unknown} unread={[]} />
      <p className="quiet-text">Not checked: {NOT_FOLLOWED}.</p>
    </>
  );
}

const STATES = {
  effective: { tone: "plain", text: null },
  undeclared: { tone: "bad", text: "in AWS, and not declared" },
  pending: { tone: "quiet", text: "declared, and not in effect yet" },
  unknown: { tone: "quiet", text: "declared; AWS was not read" },
} as const satisfies Record<EdgeState, object>;

function Steps({ steps }: { readonly steps: readonly ReachedStep[] }): ReactNode {
  return (
    <ul>
      {steps.map(({ what, on, details, state, runs, more }) => {
        const { tone, text } = STATES[state];
        return (
          <li key={JSON.stringify([state, what, on, details])}>
            {what} {[on, ...details].join(", ")} {text !== null && <State tone={tone}>{text}</State>}
            {runs.length > 0 && (
              <ul>
                {runs.map((one) => (
                  <Run key={one.target} run={one} />
                ))}
                {more > 0 && <li>may run {counted(more, "more function")}</li>}
              </ul>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const CUTS = {
  elsewhere: " (shown where it is nearest)",
  depth: " (not followed further: grantkeeper reach --depth follows)",
} as const satisfies Record<NonNullable<ReachedFunction["cut"]>, string>;

function Run({ run: { target, steps, cut } }: { readonly run: ReachedFunction }): ReactNode {
  return (
    <li>
      may run {target}
      {cut !== null && CUTS[cut]}
      {steps.length > 0 && <Steps steps={steps} />}
    </li>
  );
}
