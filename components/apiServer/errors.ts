/** A request that a cluster refused or did not answer; the message is the server's own, after what was asked. */
export class ClusterError extends Error {
  /** Status of the answer, such as 404; 0 if none came. */
  readonly status: number;
  /** Kubernetes' word for what is wrong, such as `NotFound` or `Conflict`; `Timeout`, `Cancelled` and `NoAnswer` are our own. */
  readonly reason: string;
  /** What exactly is wrong, one entry a field or a conflict; none if the server doesn't say. */
  readonly causes: readonly Cause[];

  constructor(status: number, reason: string, message: string, causes: readonly Cause[] = []) {
    super(message);
    this.name = "ClusterError";
    this.status = status;
    this.reason = reason;
    this.causes = causes;
  }
}

/** One thing that a server's refusal names. */
export interface Cause {
  readonly reason?: string;
  readonly message?: string;
  /** Path of a field, such as `.spec.instances`. */
  readonly field?: string;
}

/** Whether an error says that something is not there: the object, its namespace or its kind. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ClusterError && error.status === 404;
}

/** Whether the same request may well succeed a moment later: no answer, an overload, a server that is starting. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ClusterError)) return false;
  return error.reason === "NoAnswer" || error.status === 429 || error.status >= 500;
}

/** Whether an object could not be judged because the webhook's server is away: nothing was said of the object. */
export function isWebhookAway(error: unknown): boolean {
  return (
    error instanceof ClusterError &&
    error.status === 500 &&
    /failed calling webhook .*(connection refused|no endpoints|connect: |EOF|i\/o timeout)/s.test(
      error.message,
    )
  );
}
