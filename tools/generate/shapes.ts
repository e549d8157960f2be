/**
 * The shape of settings, read off the interfaces in `components/args` and `stacks/settings.ts`, which are the only place where a
 * setting is written: `components/shapes.ts` for the arguments of every component, `stacks/shapes.ts` for what stack files alone
 * have. And the `@default` of each field whose default stands in a table of the code, in the interface itself.
 *
 * TypeScript's own checker reads them, not Pulumi's analyzer of component packages: that one drops the tags of a docstring, and
 * knows nothing but components. A test holds the two against each other.
 */
import { join, relative } from "node:path";
import ts from "typescript";
import { defaults } from "../../components/args/defaults";
import { profiles } from "../../components/args/profiles";
import type { Generated } from "./crds";

/** As `components/shape.ts` reads it. */
type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };
type Field = readonly [shape: Shape, about: string, example?: unknown];

const components = "components/shapes.ts";
const stacks = "stacks/shapes.ts";
const roots: Readonly<Record<string, readonly string[]>> = {
  "components/index.ts": [
    "BackupBucketArgs",
    "BackupIdentityArgs",
    "PostgresClusterArgs",
    "PostgresEnvironmentArgs",
    "PostgresPlatformArgs",
  ],
  "stacks/settings.ts": ["StackSettings"],
};

/** The files; it needs nothing from outside the project. */
export function generateShapes(root: string): Generated {
  const reader = new Reader(root);
  for (const [file, names] of Object.entries(roots)) for (const name of names) reader.addRoot(file, name);
  const files = new Map(reader.edited());
  for (const target of [components, stacks]) files.set(target, reader.render(target));
  return { files, stale: [], notes: [] };
}

class Reader {
  private readonly checker: ts.TypeChecker;
  private readonly program: ts.Program;
  private readonly shapes = new Map<string, { readonly target: string; readonly json: unknown }>();
  private readonly edits = new Map<ts.SourceFile, Map<number, Edit>>();

  constructor(private readonly root: string) {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    this.program = ts.createProgram(
      Object.keys(roots).map((file) => join(root, file)),
      options,
    );
    this.checker = this.program.getTypeChecker();
  }

  addRoot(file: string, name: string): void {
    const source = this.program.getSourceFile(join(this.root, file));
    const module = source && this.checker.getSymbolAtLocation(source);
    const found = module && this.checker.getExportsOfModule(module).find((each) => each.name === name);
    if (found === undefined) throw new Error(`${file} exports no ${name}`);
    this.addNamed(found);
  }

  /** An interface, or an enumeration, with all that it is made of; returns its name. */
  private addNamed(found: ts.Symbol): string {
    const symbol = found.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(found) : found;
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined || this.shapes.has(symbol.name)) return symbol.name;
    const file = relative(this.root, declaration.getSourceFile().fileName);
    const target = file.startsWith("stacks/") ? stacks : components;
    const type = this.checker.getDeclaredTypeOfSymbol(symbol);
    if (symbol.flags & ts.SymbolFlags.Interface) {
      // Before its fields, which may lead back to it.
      this.shapes.set(symbol.name, { target, json: {} });
      this.shapes.set(symbol.name, { target, json: this.fieldsOf(symbol, type) });
    } else if (type.isUnion() && type.types.every((each) => each.isStringLiteral())) {
      const values = type.types.map((each) => (each as ts.StringLiteralType).value);
      // TypeScript has them in an order of its own; people read them in that of the constant.
      const text = symbol.valueDeclaration?.getText() ?? "";
      values.sort((a, b) => text.indexOf(`"${a}"`) - text.indexOf(`"${b}"`));
      this.shapes.set(symbol.name, { target, json: values });
    } else throw new Error(`${file}: ${symbol.name} is neither an interface nor a choice of texts`);
    return symbol.name;
  }

  private fieldsOf(symbol: ts.Symbol, type: ts.Type): { [field: string]: Field } {
    const inherited = tagOf(symbol, "default");
    const own = new Set(symbol.members?.keys());
    const order = this.orderOf(symbol);
    const properties = [...this.checker.getPropertiesOfType(type)].sort(
      (a, b) => order.indexOf(a.name) - order.indexOf(b.name),
    );
    return Object.fromEntries(
      properties.map((property): [string, Field] => {
        const declaration = property.declarations?.[0];
        if (
          declaration === undefined ||
          !ts.isPropertySignature(declaration) ||
          declaration.type === undefined
        )
          throw new Error(`${symbol.name}.${property.name} is no plain property`);
        const owner = (declaration.parent as ts.InterfaceDeclaration).name.text;
        const where = `${owner}.${property.name}`;
        const about = textOf(property.getDocumentationComment(this.checker));
        if (about === "") throw new Error(`${where} has no docstring`);
        const written = tagOf(property, "default");
        const known = inTables(owner, property.name);
        if (known !== undefined && known !== written) this.correct(declaration, known);
        const byDefault = own.has(property.escapedName)
          ? (known ?? written)
          : (inherited ?? known ?? written);
        const [node, output] = withoutInput(declaration.type);
        const scalar = tagOf(property, "format") === "scalar";
        const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
        const example = tagOf(property, "example");
        const shape = this.shapeOf(where, node, scalar);
        const said = byDefault === undefined ? about : `${about} Default: ${byDefault}.`;
        return [
          `${property.name}${optional ? "?" : ""}${output ? "~" : ""}`,
          example === undefined ? [shape, said] : [shape, said, JSON.parse(example)],
        ];
      }),
    );
  }

  /** Names of fields as people read them: those of the interfaces that it extends first, in their order. */
  private orderOf(symbol: ts.Symbol): string[] {
    const declaration = symbol.declarations?.find(ts.isInterfaceDeclaration);
    const bases = (declaration?.heritageClauses ?? []).flatMap(({ types }) => types);
    const inherited = bases.flatMap(({ expression, typeArguments }) => {
      const [first] = typeArguments ?? [];
      const base = first === undefined ? expression : (first as ts.TypeReferenceNode).typeName;
      const found = this.checker.getSymbolAtLocation(base);
      return found === undefined
        ? []
        : this.orderOf(found.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(found) : found);
    });
    return [...new Set([...inherited, ...[...(symbol.members?.keys() ?? [])].map(String)])];
  }

  private shapeOf(where: string, node: ts.TypeNode, scalar: boolean): Shape {
    if (node.kind === ts.SyntaxKind.StringKeyword) return scalar ? "x" : "s";
    if (node.kind === ts.SyntaxKind.NumberKeyword) return "n";
    if (node.kind === ts.SyntaxKind.BooleanKeyword) return "b";
    if (ts.isArrayTypeNode(node)) return [this.shapeOf(where, node.elementType, scalar)];
    if (ts.isTypeLiteralNode(node)) {
      const [member] = node.members;
      if (member !== undefined && ts.isIndexSignatureDeclaration(member))
        return { "*": this.shapeOf(where, member.type, scalar) };
    }
    const symbol = ts.isTypeReferenceNode(node) ? this.checker.getSymbolAtLocation(node.typeName) : undefined;
    if (symbol === undefined) throw new Error(`${where} is of a type that ${components} has no letter for`);
    return `@${this.addNamed(symbol)}`;
  }

  /** Notes that the `@default` of a field has to be another text. */
  private correct(field: ts.PropertySignature, text: string): void {
    const tag = ts.getJSDocTags(field).find(({ tagName }) => tagName.text === "default");
    if (tag === undefined)
      throw new Error(`${field.name.getText()} has a default in code: add @default to its docstring`);
    const file = field.getSourceFile();
    const from = tag.getStart(file);
    const [line = ""] = file.text.slice(from, tag.end).split(/\n|\*\/| (?=@format|@example)/);
    const to = from + line.trimEnd().length;
    const edits = this.edits.get(file) ?? new Map<number, Edit>();
    this.edits.set(file, edits.set(from, { to, text: `@default ${text}` }));
  }

  /** Files with corrected docstrings, by path. */
  edited(): [string, string][] {
    return [...this.edits].map(([file, edits]) => {
      const text = [...edits]
        .sort(([a], [b]) => b - a)
        .reduce((all, [from, edit]) => all.slice(0, from) + edit.text + all.slice(edit.to), file.text);
      return [relative(this.root, file.fileName), text];
    });
  }

  render(target: string): string {
    const lines = [...this.shapes]
      .filter(([, shape]) => shape.target === target)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { json }]) => {
        const text = JSON.stringify(json).replaceAll("\\", "\\\\").replaceAll("'", "\\'");
        const line = `  ${name}: '${text}',`;
        return line.length > 110 ? `  ${name}:\n    '${text}',` : line;
      });
    return [
      "// Written by `npm run generate`; do not edit.",
      "",
      target === components
        ? "/** Arguments of every component, and what they are made of, as JSON; see `shape.ts`. */"
        : "/** What stack files alone have, as JSON; see `components/shape.ts`. */",
      "export const shapes: Readonly<Record<string, string>> = {",
      ...lines,
      "};",
      "",
    ].join("\n");
  }
}

interface Edit {
  readonly to: number;
  readonly text: string;
}

/** What the tables of the code say that a field's default is, as a docstring has it. */
function inTables(owner: string, field: string): string | undefined {
  const at = (table: object): unknown => (table as Record<string, Record<string, unknown>>)[owner]?.[field];
  const fixed = at(defaults);
  if (fixed !== undefined) return code(fixed);
  const [dev, prod] = [at(profiles.dev), at(profiles.prod)];
  return dev === undefined ? undefined : `${code(dev)} in dev, ${code(prod)} in prod`;
}

const code = (value: unknown): string => `\`${String(value)}\``;

/** The type in a `pulumi.Input<…>`, and whether there was one. */
function withoutInput(node: ts.TypeNode): [ts.TypeNode, boolean] {
  const [inner] = ts.isTypeReferenceNode(node) ? (node.typeArguments ?? []) : [];
  const isInput = inner !== undefined && /\bInput$/.test((node as ts.TypeReferenceNode).typeName.getText());
  return isInput ? [inner, true] : [node, false];
}

function tagOf(symbol: ts.Symbol, name: string): string | undefined {
  const tag = symbol.getJsDocTags().find((each) => each.name === name);
  return tag === undefined ? undefined : textOf(tag.text ?? []);
}

/** A docstring's text on one line; a link as its name in code. */
function textOf(parts: readonly ts.SymbolDisplayPart[]): string {
  return ts
    .displayPartsToString([...parts])
    .replaceAll(/\{@link ([^}\s]+) *\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .trim();
}
