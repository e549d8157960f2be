import type { Access } from "./permissions";

/** An answer that the proxy makes up itself, in the forms of Cloud Storage. */
export interface MadeUpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** 403 as Cloud Storage words it: the permission, and whether bucket or object was meant. */
export function denied(member: string, { permission, bucket, object }: Access): MadeUpAnswer {
  const what = bucket === "" ? "project" : object === undefined ? "bucket" : "object";
  return answer(
    403,
    `${member} does not have ${permission} access to the Google Cloud Storage ${what}. Permission '${permission}' denied on resource (or it may not exist).`,
    "forbidden",
  );
}

/** A call that the proxy can't judge, or a server that it can't reach: never a 403, which would look like a verdict. */
export function failed(status: 501 | 502, error: unknown): MadeUpAnswer {
  return answer(status, error instanceof Error ? error.message : String(error), "labProxy");
}

function answer(code: number, message: string, reason: string): MadeUpAnswer {
  const error = { code, message, errors: [{ message, domain: "global", reason }] };
  return {
    status: code,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: Buffer.from(JSON.stringify({ error })),
  };
}

/** Addresses in an answer that lead past the proxy, made to lead through it. Only in what describes objects, never in their content. */
export function throughProxy(json: string, proxy: string): string {
  return json.replace(/("(?:selfLink|mediaLink)"\s*:\s*")https?:\/\/[^/"]+/g, `$1${proxy}`);
}

/** The same for a whole address, such as a Location. */
export function addressThroughProxy(address: string, proxy: string): string {
  return address.replace(/^https?:\/\/[^/]+/, proxy);
}

/** The number of the upload session that an address is of. */
export function sessionOfAddress(address: string): string | undefined {
  const [, id] = /[?&]upload_id=([^&]+)/.exec(address) ?? /\/upload\/resumable\/([^/?]+)/.exec(address) ?? [];
  return id === undefined ? undefined : decodeURIComponent(id);
}
