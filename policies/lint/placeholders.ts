import { UNKNOWN, UNKNOWN_KEYS } from "../core/view";

/** Kinds whose own values are templates in double braces, or files with some, which nobody fills in before they are applied. */
const ownTemplates =
  /^ConfigMap$|\.(?:external-secrets\.io|generators\.external-secrets\.io|monitoring\.coreos\.com)$/;

/** What only steers a template of Helm: which lines there are is not known before it is rendered. */
const steering =
  /\{\{-?\s*(?:if|else|end|range|with|define|include|template|block|toYaml|tpl|fail|\/\*|\$\w+\s*:?=)|\{%/;

/** A variable as Flux and `envsubst` write it, perhaps with an operator; not CNPG's own `${podselector:NAME}`. */
const variable = /\$\{\w+(?:(?::?[-=?+]|:\d|[#%/^,])[^}]{0,500})?\}/;

/** A variable of `envsubst` without braces, at the start of a value or behind something; not a quote of SQL such as `$BODY$`. */
const bareVariable = /(?:^|[^\\$\w])\$[A-Z][A-Z\d_]{2,}(?![\w$])/;

/** What only Helm fills in, whatever the kind. */
const helmValue = /\{\{-?\s*(?:\.(?:Values|Release|Chart|Capabilities)\b|include\s|template\s)/;

/** Whether objects of a type keep `{{ }}` as a part of their values. */
export function hasOwnTemplates(type: string): boolean {
  return ownTemplates.test(type);
}

/** Whether a text is a template as a whole, and not only in some of its values. */
export function isTemplate(text: string): boolean {
  return steering.test(text);
}

/** Whether a text may hold placeholders or encrypted values. */
export function mayHavePlaceholders(text: string): boolean {
  return /\$[{(A-Z]|\{\{|ENC\[|<path:/.test(text);
}

/** Stands for a placeholder where the placeholder itself is no YAML. */
const STAND_IN = "<path:placeholder>";

/**
 * A text with something that is YAML in the place of its placeholders, line for line the same: `{ a: ${X} }` and
 * `name: {{ name }}` can't be parsed before they are filled in. What begins with a dot is Helm's, and stays.
 */
export function withoutPlaceholders(text: string): string {
  return text
    .replace(/(?<!\$)\$\{\w+[^{}\n]{0,500}\}/g, STAND_IN)
    .replace(/\{\{[ \t]*[A-Za-z_][\w.]{0,200}[ \t]*\}\}/g, STAND_IN);
}

/**
 * A scalar without quotes that is one placeholder of Flux with a default: the default, as it stands there.
 * Undefined for everything else.
 */
export function plainPlaceholder(source: string): string | undefined {
  const text = /^\$\{\w+:?[=-]([^${}]+)\}$/.exec(source)?.[1];
  return text === undefined || /^["']/.test(text) ? undefined : text;
}

/**
 * Puts {@link UNKNOWN} where a value is wholly or partly a placeholder, or encrypted. Where the whole value is one
 * placeholder with a default, it puts the default: that is in force as long as nobody sets the variable. A key with a
 * placeholder may be any that it fits.
 */
export function markPlaceholders(root: unknown, type: string): unknown {
  const braces = !hasOwnTemplates(type);
  // Aliases share what they stand for: each is gone through once.
  const seen = new Set<object>();
  const marked = (value: unknown): unknown => {
    if (typeof value === "string") return markedText(value, braces);
    if (typeof value !== "object" || value === null || seen.has(value)) return value;
    seen.add(value);
    const content = value as Record<string, unknown>;
    if (!Array.isArray(value)) markKeys(content, braces);
    for (const key of Object.keys(content)) {
      const before = content[key];
      const after = marked(before);
      if (after !== before) content[key] = after;
    }
    return value;
  };
  return marked(root);
}

/** What a key is filled in with; all of a text for one that another tool fetches. */
const filledIn = /\$\{[^}]*\}|\{\{.*?\}\}|\$\(\w+\)|<path:[^>]*>|\$[A-Z][A-Z\d_]{2,}|^ENC\[.*$/gs;

/** Takes keys with placeholders out of a map, and leaves what they may be; one with a default gets that. */
function markKeys(map: Record<string | symbol, unknown>, braces: boolean): void {
  const patterns: RegExp[] = [];
  for (const key of Object.keys(map)) {
    const name = markedText(key, braces);
    if (name === key) continue;
    if (typeof name === "string") map[name] ??= map[key];
    else {
      const literal = key.split(filledIn).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      patterns.push(new RegExp(`^${literal.join(".*")}$`, "s"));
    }
    delete map[key];
  }
  if (patterns.length > 0) map[UNKNOWN_KEYS] = patterns;
}

function markedText(text: string, braces: boolean): unknown {
  if (text.includes("${")) {
    const whole = /^\$\{\w+:?[=-]["']?([^${}]+?)["']?\}$/.exec(text)?.[1];
    if (whole !== undefined) return whole;
    if (variable.test(text.replace(/\$\$\{[^}]{0,500}\}/g, ""))) return UNKNOWN;
  }
  if (text.includes("$") && bareVariable.test(text)) return UNKNOWN;
  const open = text.indexOf("{{");
  if (open >= 0 && text.includes("}}", open) && (braces || helmValue.test(text))) return UNKNOWN;
  // A variable of Kustomize; a value that SOPS has encrypted; one that Argo CD fetches from a vault.
  if (/^\$\([A-Za-z_]\w*\)$|^ENC\[AES256_GCM,|<path:[^>]{1,500}>/.test(text)) return UNKNOWN;
  return text;
}
