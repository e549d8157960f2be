/** Something that keeps a change from taking effect. */
export interface Symptom {
  /** Tells it from others: the same at another look. */
  readonly key: string;
  /** What and why in one line, with the pod, container and reason where there are any. */
  readonly text: string;
  /** What a person can do. Default: nothing but to mend the cause that the text names. */
  readonly todo?: string;
  /**
   * Seconds after which it is certain that it doesn't go away by itself. Infinity: it may, as long as is waited at all.
   */
  readonly certainAfter: number;
}

/** Since when symptoms are there. One that was gone in between begins anew. */
export class Lasting {
  private since = new Map<string, number>();

  /** Symptoms that have lasted for as long as makes them certain; `at` in milliseconds. */
  certain(symptoms: readonly Symptom[], at: number): Symptom[] {
    this.since = new Map(symptoms.map(({ key }) => [key, this.since.get(key) ?? at]));
    return symptoms.filter(
      ({ key, certainAfter }) => at - (this.since.get(key) ?? at) >= certainAfter * 1000,
    );
  }
}

/** What a person is told of them. */
export function described(symptoms: readonly Symptom[]): string {
  const texts = [...new Set(symptoms.map(({ text }) => text))];
  const todo = symptoms.find((symptom) => symptom.todo !== undefined)?.todo;
  // Some of what others say ends in a full stop: the scheduler's words in two.
  return todo === undefined ? texts.join("; ") : `${texts.join("; ").replace(/\.+$/, "")}. To do: ${todo}`;
}

/** Text of somebody else, such as a message of the kubelet, on one line that a terminal can take. */
export function oneLine(text: string, most = 400): string {
  const flat = withoutSecrets(text).replace(/\s+/g, " ").trim();
  return flat.length > most ? `${flat.slice(0, most - 1)}…` : flat;
}

/** Passwords don't belong into what an update prints, wherever a program wrote them into its log. */
function withoutSecrets(text: string): string {
  return text
    .replace(/(\w+:\/\/[^\s:/@]*):[^\s@]+@/g, "$1:[secret]@")
    .replace(/\b(password\s+)'[^']*'/gi, "$1[secret]")
    .replace(
      /([\w-]*(?:passw(?:or)?d|secret_?(?:access_?)?key|token)[\w-]*"?\s*[=:]\s*)('[^']*'|"[^"]*"|[^\s,;)]+)/gi,
      "$1[secret]",
    );
}
