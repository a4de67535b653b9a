/** A server that accepts mail, and its messages. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** `starttls`: begins in plain text and must change to TLS; `none`: only for a server on this machine. */
  readonly security: "tls" | "starttls" | "none";
  readonly caFile: string | null;
  readonly login: { readonly user: string; readonly passwordFile: string } | null;
  readonly from: string;
  readonly to: readonly string[];
}
