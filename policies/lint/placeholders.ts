import { hasPlaceholder, patternOf, sealed } from "../core/placeholder";
import { UNKNOWN, UNKNOWN_KEYS } from "../core/view";

/** Kinds whose own values are templates in double braces, or files with some, which nobody fills in before they are applied. */
const ownTemplates =
  /^ConfigMap$|\.(?:external-secrets\.io|generators\.external-secrets\.io|monitoring\.coreos\.com)$/;

/** What only steers a template of Helm: which lines there are is not known before it is rendered. */
const steering =
  /\{\{-?\s*(?:if|else|end|range|with|define|include|template|block|toYaml|tpl|fail|\/\*|\$\w+\s*:?=)|\{%/;

/** A variable as Flux and `envsubst` write it, perhaps with an operator; not CNPG's own `${podselector:NAME}`. */
const VARIABLE = /\$?\$\{\w+(?:(?::?[-=?+]|:\d|[#%/^,])[^}]{0,500})?\}/g;

/** What an operator of such a variable puts in its place as long as nobody sets it. */
const DEFAULT = /^\$\{\w+:?[=-]["']?([^${}]+?)["']?\}$/;

/** A variable of `envsubst` without braces, at the start of a value or behind something; not a quote of SQL such as `$BODY$`. */
const BARE = /(?<![\\$\w])\$[A-Z][A-Z\d_]{2,}(?![\w$])/g;

/** The same in small letters, for values of which nothing else may begin so: neither scripts nor SQL. */
const BARE_SMALL = /(?<![\\$\w])\$(?!libdir|user|system)[a-z_]\w{2,}(?![\w$])/g;

/**
 * What other tools and people write: `###X###`, `@@X@@`, `__X__`, `%X%`, `((x))`, `#{X}#`, `[[ x ]]`, `<%= x %>`,
 * `<your-bucket>`, a value that Argo CD fetches from a vault.
 */
const FOREIGN =
  /#{2,}[\w.-]+#{2,}|@@[\w.-]+@@|(?<!\w)__[A-Z][A-Z\d_]*?__(?!\w)|(?<!['\w])%[A-Z][A-Z\d_]+%|\(\([\w./:-]+\)\)|#\{[\w.-]+\}#?|\[\[ ?[\w.-]+ ?\]\]|<%=?[^%>\n]{1,100}%>|<path:[^>]{1,500}>|<[A-Za-z][\w.:/-]*>|^<[A-Za-z][\w .:/-]*>$/g;

/** A word that says that somebody has to write something else: no two of them mean the same. */
const TO_WRITE =
  /(?<![A-Za-z\d])(?:(?:REPLACE|CHANGE|FILL)_?(?:ME|THIS|IN)|YOUR_[A-Z_]+|TODO|FIXME|PLACEHOLDER)(?![A-Za-z\d])/;

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
  return /\$[{(A-Za-z_]|\{\{|ENC\[|<[A-Za-z%]|##|@@|__[A-Z]|%[A-Z]|\(\(|#\{|\[\[|REPLACE|CHANGE|FILL|YOUR_|TODO|FIXME|PLACEHOLDER|[\ue000-\uf8ff]/.test(
    text,
  );
}

/**
 * A text with its placeholders sealed where they stand, line for line the same: `{ a: ${X} }` and `name: {{ name }}` can't
 * be parsed before they are filled in. What begins with a dot is Helm's, and stays.
 */
export function withoutPlaceholders(text: string): string {
  return text
    .replace(/(?<!\$)\$\{\w+[^{}\n]{0,500}\}/g, sealed)
    .replace(/\{\{[ \t]*[A-Za-z_][\w.]{0,200}[ \t]*\}\}/g, sealed);
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
 * Seals the placeholders in an object's texts, and puts {@link UNKNOWN} where a value is encrypted. A placeholder with a
 * default becomes its default: that is in force as long as nobody sets the variable. A key with a placeholder may be any
 * that it fits.
 */
export function markPlaceholders(root: unknown, type: string): unknown {
  const marking: Marking = {
    braces: !hasOwnTemplates(type),
    // Elsewhere a script may stand, and each of these means something in one.
    isCnpg: type.endsWith("cnpg.io"),
  };
  // Aliases share what they stand for: each is gone through once.
  const seen = new Set<object>();
  const marked = (value: unknown): unknown => {
    if (typeof value === "string") return markedText(value, marking);
    if (typeof value !== "object" || value === null || seen.has(value)) return value;
    seen.add(value);
    const content = value as Record<string, unknown>;
    if (!Array.isArray(value)) markKeys(content, marking);
    for (const key of Object.keys(content)) {
      const before = content[key];
      const after = marked(before);
      if (after !== before) content[key] = after;
    }
    return value;
  };
  return marked(root);
}

interface Marking {
  /** Double braces are placeholders. */
  readonly braces: boolean;
  /** It is an object of CloudNativePG. */
  readonly isCnpg: boolean;
}

/** Takes keys with placeholders out of a map, and leaves what they may be; one with a default gets that. */
function markKeys(map: Record<string | symbol, unknown>, marking: Marking): void {
  const patterns: RegExp[] = [];
  for (const key of Object.keys(map)) {
    const name = markedText(key, marking);
    if (name === key && !hasPlaceholder(key)) continue;
    if (typeof name === "string" && !hasPlaceholder(name)) map[name] ??= map[key];
    else patterns.push(typeof name === "string" ? patternOf(name) : /^/);
    delete map[key];
  }
  if (patterns.length > 0) map[UNKNOWN_KEYS] = patterns;
}

function markedText(text: string, { braces, isCnpg }: Marking): unknown {
  if (text.startsWith("ENC[AES256_GCM,") || TO_WRITE.test(text)) return UNKNOWN;
  let found = text;
  if (text.includes("$")) {
    found = found
      .replace(VARIABLE, (one) => (one.startsWith("$$") ? one : (DEFAULT.exec(one)?.[1] ?? sealed(one))))
      .replace(BARE, sealed)
      .replace(isCnpg ? /\$\([A-Za-z_][\w.]*\)/g : /^\$\([A-Za-z_]\w*\)$/, sealed);
    if (isCnpg ? !/\s/.test(text) : /^\$\w+$/.test(text)) found = found.replace(BARE_SMALL, sealed);
  }
  if (found.includes("{{") && (braces || helmValue.test(found)))
    found = found.replace(/\{\{.*?\}\}/gs, sealed);
  // With spaces in it, it may be SQL; a line of pg_hba is none.
  return braces && (!/\s/.test(text.trim()) || /^\s*(?:<|\[\[|local\s|host)/.test(text))
    ? found.replace(FOREIGN, sealed)
    : found;
}
