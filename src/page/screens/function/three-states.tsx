import type { ReactNode } from "react";
import { isReadCompletely } from "../../../explain/reverse/drawn-lines.ts";
import type {
  Boundary,
  DeclaredState,
  EffectiveState,
  PendingChange,
  PermissionState,
  RoleState,
  SettingDifference,
} from "../../../model/answers/permission-state.ts";
import { hintTexts, reasonTexts } from "../../../wording/pending-reasons.ts";
import { effectiveSign } from "../../../wording/effective-sign.ts";
import { shortSubject } from "../../../wording/words.ts";
import { shortArn } from "../../../plan/render/words.ts";
import { addressPath } from "../../view/address.ts";
import { holdNameOf } from "../../view/object-names.ts";
import { isBindingKey } from "../../../model/keys/key.ts";
import { useNow } from "../../client/clock.ts";
import { Age, Link, State } from "../../parts/basics.tsx";
import { CallersContext, PermissionList, Sign, TwoSides } from "../../parts/permission-lines.tsx";

/** What Git declares, what AWS has, and what is not in effect yet: three separate states. */
export function ThreeStates({
  state,
  order,
}: {
  readonly state: PermissionState;
  /** What it depends on, and what depends on it. */
  readonly order: readonly string[];
}): ReactNode {
  return (
    <CallersContext value={isBindingKey(state.key)}>
      <div className="three">
        <Declared declared={state.declared} order={order} />
        <Effective effective={state.effective} />
        <Pending pending={state.pending} />
      </div>
    </CallersContext>
  );
}

function Card({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={title === "Effective" ? "card in-aws" : "card"}>
      <h3>
        {title} <span className="note">{note}</span>
      </h3>
      {children}
    </section>
  );
}

function Declared({
  declared,
  order,
}: {
  readonly declared: DeclaredState;
  readonly order: readonly string[];
}): ReactNode {
  if (declared.kind === "not-declared")
    return (
      <Card title="Declared" note="in Git">
        {declared.revision === null ? (
          <State tone="quiet">unknown: no revision was read yet</State>
        ) : (
          <p>nothing: {shortSubject(declared.revision)} does not declare it</p>
        )}
      </Card>
    );
  if (declared.kind === "broken")
    return (
      <Card title="Declared" note={`in Git, ${shortSubject(declared.revision)}`}>
        <State tone="bad">unknown: the manifest is broken</State>
        <p className="detail">{declared.message}</p>
      </Card>
    );
  return (
    <Card title="Declared" note={`in Git, ${shortSubject(declared.revision)}`}>
      <p className="detail">{declared.file}</p>
      <TwoSides lines={declared.permissions} signOf={() => " "} isComplete />
      {order.map((text) => (
        <p key={text} className="detail">
          {text}
        </p>
      ))}
    </Card>
  );
}

function Effective({ effective }: { readonly effective: EffectiveState }): ReactNode {
  if (effective.kind === "unknown")
    return (
      <Card title="Effective" note="in AWS">
        <State tone="quiet">unknown</State>
        <p className="detail">{effective.reason}</p>
      </Card>
    );
  const { permissions, withoutEffect, unknown, failing, role, settings, boundary, readAt } = effective;
  const signed = effectiveSign(effective);
  const note = (
    <>
      in AWS, read <Age at={readAt} /> ago
    </>
  );
  return (
    <Card title="Effective" note={note}>
      {failing !== null && (
        <p>
          <State tone="warn">
            newer reads fail for <Age at={failing.since} />
          </State>
          <span className="detail">{failing.reason}</span>
        </p>
      )}
      <RoleLine role={role} />
      <TwoSides lines={permissions} signOf={signed} isComplete={isReadCompletely(effective)} />
      <Limits boundary={boundary} settings={settings} />
      {withoutEffect.lines.length > 0 && (
        <>
          <h4>No effect: outside the boundary, or denied</h4>
          <PermissionList lines={withoutEffect} signOf={signed} />
        </>
      )}
      {unknown.map((reason) => (
        <p key={reason}>
          <State tone="quiet">unknown</State> <span className="detail">{reason}</span>
        </p>
      ))}
    </Card>
  );
}

function RoleLine({ role }: { readonly role: RoleState }): ReactNode {
  switch (role.kind) {
    case "declared":
      return (
        <p className="detail">
          {shortArn(role.arn)} <OnRole arn={role.arn} />
        </p>
      );
    case "other":
      return (
        <p>
          <State tone="warn">runs on {shortArn(role.arn)}</State>
          <span className="detail">declared: {shortArn(role.declaredArn)}</span>
          <span className="detail">
            <OnRole arn={role.arn} />
          </span>
        </p>
      );
    case "absent":
      return <State tone="bad">{shortArn(role.arn)} does not exist</State>;
    case "unknown":
      return (
        <p>
          <State tone="quiet">unknown: {shortArn(role.arn)}</State>
          <span className="detail">{role.reason}</span>
        </p>
      );
    case "hidden":
      return <State tone="quiet">hidden: its role belongs to another owner</State>;
  }
}

/** The lines of every function on the role. */
function OnRole({ arn }: { readonly arn: string }): ReactNode {
  const query = new URLSearchParams({ q: arn }).toString();
  return <Link to={`${addressPath("map")}?${query}`}>in the map</Link>;
}

/** The boundary, and the settings of the role that differ. */
function Limits({
  boundary,
  settings,
}: {
  readonly boundary: Boundary | null;
  readonly settings: readonly SettingDifference[];
}): ReactNode {
  if (boundary === null && settings.length === 0) return null;
  return (
    <>
      <h4>Limited by</h4>
      <ul className="permissions">
        {boundary !== null && (
          <li className="permission">
            <Sign sign={boundary.isDeclared ? " " : "~"} />
            {boundary.kind === "none" ? "no boundary" : `boundary "${boundary.name}"`}
            {boundary.isDeclared || boundary.declaredName === null
              ? ""
              : `, declared "${boundary.declaredName}"`}
            {boundary.kind === "boundary" && !boundary.isRead && (
              <span className="detail">its document was not read</span>
            )}
          </li>
        )}
        {settings.map((setting) => (
          <Setting key={setting.what} setting={setting} sign={setting.declared === null ? "+" : "~"} />
        ))}
      </ul>
    </>
  );
}

function Setting({
  setting,
  sign,
}: {
  readonly setting: SettingDifference;
  readonly sign: string;
}): ReactNode {
  const { what, live, declared } = setting;
  return (
    <li className="permission">
      <Sign sign={sign} />
      <span className="what">{what}</span> {live ?? "none"} → {declared ?? "none"}
    </li>
  );
}

function Pending({ pending }: { readonly pending: readonly PendingChange[] }): ReactNode {
  return (
    <Card title="Pending" note="changes to AWS that are not made">
      {pending.length === 0 && <p>none</p>}
      {pending.map((change, at) => (
        <Change key={at} change={change} />
      ))}
    </Card>
  );
}

/** The page of these has what an operator reviews. */
const LINKED: ReadonlySet<PendingChange["reason"]["kind"]> = new Set([
  "awaiting-approval",
  "change-window",
  "account-order",
  "depends-on",
]);

function Change({ change }: { readonly change: PendingChange }): ReactNode {
  const nowMs = useNow();
  const { reason, add, remove, settings, other } = change;
  const digest = LINKED.has(reason.kind) && "digest" in reason ? reason.digest : null;
  return (
    <div className="change">
      {change.isOutdated === true && <p className="detail">found before Git changed</p>}
      {reasonTexts(reason, nowMs).map((text) => (
        <p key={text} className="because">
          {text}
        </p>
      ))}
      {digest !== null && (
        <Link to={addressPath("approvals", holdNameOf(digest))}>
          {reason.kind === "awaiting-approval" ? "Review the approval" : "Review the waiting plan"}
        </Link>
      )}
      {add.lines.length > 0 && <PermissionList lines={add} signOf={() => "+"} />}
      {remove.lines.length > 0 && <PermissionList lines={remove} signOf={() => "-"} />}
      <ul className="permissions">
        {settings.map((setting) => (
          <Setting key={setting.what} setting={setting} sign={signOfSetting(setting)} />
        ))}
      </ul>
      {other.map((text) => (
        <p key={text} className="detail">
          {text}
        </p>
      ))}
      {hintTexts(change).map((hint) => (
        <p key={hint} className="detail hint">
          hint: {hint}
        </p>
      ))}
    </div>
  );
}

function signOfSetting({ live, declared }: SettingDifference): string {
  if (live === null) return "+";
  return declared === null ? "-" : "~";
}
