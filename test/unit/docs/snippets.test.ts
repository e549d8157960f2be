import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import ts from "typescript";
import { readSetting, type Setting } from "../../../components/shape";
import { loadStack } from "../../../stacks/load";
import { stackSchema } from "../../../stacks/schema";
import { asEngine } from "../stacks/badStacks";

const root = join(__dirname, "../../..");
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);

interface Snippet {
  /** Page and line. */
  readonly at: string;
  readonly language: string;
  readonly text: string;
}

/** The blocks of a page between ``` lines, without the indentation that they have in a list. */
function snippetsOf(page: string, content: string): Snippet[] {
  const found: Snippet[] = [];
  let open:
    | { readonly indent: number; readonly line: number; readonly language: string; lines: string[] }
    | undefined;
  for (const [i, line] of content.split("\n").entries()) {
    const [, indent = "", language = ""] = /^( *)```(\w*)\s*$/.exec(line) ?? [];
    if (!/^ *```/.test(line)) open?.lines.push(line.slice(open.indent));
    else if (open === undefined) open = { indent: indent.length, line: i + 1, language, lines: [] };
    else {
      found.push({ at: `${page}:${open.line}`, language: open.language, text: `${open.lines.join("\n")}\n` });
      open = undefined;
    }
  }
  assert.equal(open, undefined, `${page} has a block that does not end`);
  return found;
}

const all = pages.flatMap((page) => snippetsOf(page, readFileSync(join(root, page), "utf8")));

/** All but the one that shows what a bad file is told. */
const stackFiles = () => of("yaml").filter(({ at }) => !at.startsWith("docs/configuration.md:"));
const of = (...languages: string[]) => all.filter(({ language }) => languages.includes(language));

/** What TypeScript says of snippets, each a module of its own in a program that has our packages. */
function compile(snippets: readonly Snippet[]): string[] {
  const files = new Map(snippets.map(({ text }, i) => [join(root, `snippet${i}.ts`), text]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    noEmit: true,
    paths: {
      "pulumi-cnpg": [join(root, "components/index.ts")],
      "cnpg-lint": [join(root, "policies/lint/index.ts")],
    },
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((name, i) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${snippets[i]?.at}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
}

type Found = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Found =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const top = stackSchema.fields as Readonly<Record<string, Setting>>;
const cluster = top.clusters?.of as Setting;
const own = /^pulumi-cnpg:/;

/** What a block of YAML is a part of, by its keys; undefined if it is no part of a stack file. */
function partOf(value: Found): readonly [Setting, unknown] | undefined {
  const keys = Object.keys(value);
  if (isMap(value.config)) return partOf(value.config);
  if (keys.some((key) => own.test(key)))
    return [
      stackSchema,
      Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]) =>
          own.test(key) ? [[key.replace(own, ""), inner]] : [],
        ),
      ),
    ];
  const known = (setting: Setting | undefined, names: readonly string[]) =>
    names.length > 0 && names.every((name) => Object.hasOwn(setting?.fields ?? {}, name));
  if (known(cluster, keys)) return [cluster, value];
  if (Object.values(value).every((each) => isMap(each) && known(cluster, Object.keys(each))))
    return [top.clusters as Setting, value];
  return known(top.backups, keys) ? [top.backups as Setting, value] : undefined;
}

/** What is wrong with the shape of a part; what the whole would say elsewhere may be missing here. */
function misshapen(value: Found): string[] {
  const part = partOf(value);
  const problems: string[] = [];
  if (part !== undefined)
    readSetting(part[0], part[1], [], ({ path, value: found, setting }) => {
      // An ellipsis stands for what the page has elsewhere.
      if (found !== undefined && path.at(-1) !== "…")
        problems.push(`${path.join(".")} (${setting === undefined ? "unknown" : setting.kind})`);
    });
  return problems;
}

function parsed({ at, text }: Snippet): Found | undefined {
  try {
    const value = load(text);
    return isMap(value) ? value : undefined;
  } catch (error) {
    // Several documents are manifests; what begins with spaces is a part out of the middle of one.
    const { message } = error as Error;
    assert(text.startsWith(" ") || /expected a single document/.test(message), `${at}: ${message}`);
    return undefined;
  }
}

describe("The documentation's snippets", () => {
  it("compile, each as it stands", function () {
    this.timeout(120_000);
    const snippets = of("ts", "typescript");
    assert(snippets.length >= 6, `${snippets.length}`);
    assert.deepEqual(compile(snippets), []);
  });

  it("would not compile with a name that there is not, or an argument of another type", function () {
    this.timeout(120_000);
    const [snippet] = of("typescript");
    assert(snippet !== undefined);
    const wrong = [
      { ...snippet, text: snippet.text.replace("environment.bucket", "environment.buckets") },
      { ...snippet, text: snippet.text.replace('namespace: "orders"', "namespace: 7") },
    ];
    assert.equal(compile(wrong).length, 2);
  });

  it("are stack files that load, where they are whole", () => {
    const whole = stackFiles().flatMap((snippet) => {
      const config = parsed(snippet)?.config;
      return isMap(config) && isMap(config["pulumi-cnpg:clusters"]) ? [{ at: snippet.at, config }] : [];
    });
    assert(whole.length >= 4, `${whole.length}`);
    for (const { at, config } of whole) {
      // What another stack says is not here.
      if (/"stack":/.test(JSON.stringify(config))) continue;
      assert.doesNotThrow(() => loadStack("dev", asEngine({ "gcp:region": "europe-west1", ...config })), at);
    }
  });

  it("are parts of stack files whose settings there are", () => {
    const parts = stackFiles().flatMap((snippet) => {
      const value = parsed(snippet);
      return value !== undefined && partOf(value) !== undefined ? [{ at: snippet.at, value }] : [];
    });
    assert(parts.length >= 30, `${parts.length}`);
    for (const { at, value } of parts) assert.deepEqual(misshapen(value), [], at);
    assert.deepEqual(misshapen({ "pulumi-cnpg:backups": { retentoin: "30d" } }), [
      "backups.retentoin (unknown)",
    ]);
  });
});
