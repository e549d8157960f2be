/**
 * The part of CEL, the language of IAM conditions, that our grants and Google's examples for Cloud Storage use:
 * `||`, `&&`, `!`, comparisons, parentheses, `startsWith`, `endsWith`, `api.getAttribute`, `timestamp`. Anything else
 * is refused: a condition that is not understood must never count as true or false.
 */

/** What a condition can ask about. */
export interface ConditionContext {
  /** `projects/_/buckets/<bucket>`, and `/objects/<object>` behind it if an object is asked for. */
  readonly resourceName: string;
  /** `storage.googleapis.com/Bucket` or `storage.googleapis.com/Object`. */
  readonly resourceType: string;
  readonly time: Date;
  /** API attributes by name, such as `storage.googleapis.com/objectListPrefix`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A condition, read: whether it holds. */
export type Condition = (context: ConditionContext) => boolean;

/** A condition that is not understood. */
export class UnknownCondition extends Error {
  constructor(expression: string, at: number, what: string) {
    super(`condition not understood at ${at}, ${what}: ${expression}`);
    this.name = "UnknownCondition";
  }
}

type Type = "text" | "flag" | "time";
interface Typed {
  readonly type: Type;
  readonly value: (context: ConditionContext) => string | boolean | number;
}

/**
 * Reads a condition; all of it is checked now, none of it when it is asked.
 *
 * @throws UnknownCondition for all that is not written down here
 */
export function parseCondition(expression: string): Condition {
  const { value } = new Parser(expression).whole();
  return (context) => value(context) === true;
}

interface Token {
  readonly kind: "text" | "name" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

const tokenPattern =
  /\s*(?:("(?:[^"\\\n]|\\["\\])*"|'(?:[^'\\\n]|\\['\\])*')|([A-Za-z_]\w*)|(\|\||&&|[=!<>]=|[!<>().,]))/y;

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  const end = expression.trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < end) {
    const before = tokenPattern.lastIndex;
    const match = tokenPattern.exec(expression);
    if (match === null) throw new UnknownCondition(expression, before, "no such sign");
    const [, quoted, name, sign = ""] = match;
    const at = tokenPattern.lastIndex;
    if (quoted !== undefined)
      found.push({ kind: "text", text: quoted.slice(1, -1).replace(/\\(.)/g, "$1"), at });
    else if (name !== undefined) found.push({ kind: "name", text: name, at });
    else found.push({ kind: "sign", text: sign, at });
  }
  return [...found, { kind: "end", text: "", at: end }];
}

/** Recursive descent, one method for each level of precedence. */
class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(private readonly expression: string) {
    this.tokens = tokens(expression);
  }

  whole(): Typed {
    const result = this.either();
    if (this.here.kind !== "end") this.fail(`"${this.here.text}" is too much`);
    return this.must(result, "flag");
  }

  private either(): Typed {
    let left = this.both();
    while (this.take("||")) {
      const [a, b] = [this.must(left, "flag"), this.must(this.both(), "flag")];
      left = { type: "flag", value: (c) => a.value(c) === true || b.value(c) === true };
    }
    return left;
  }

  private both(): Typed {
    let left = this.comparison();
    while (this.take("&&")) {
      const [a, b] = [this.must(left, "flag"), this.must(this.comparison(), "flag")];
      left = { type: "flag", value: (c) => a.value(c) === true && b.value(c) === true };
    }
    return left;
  }

  private comparison(): Typed {
    const left = this.unary();
    const sign = ["==", "!=", "<=", ">=", "<", ">"].find((each) => this.take(each));
    if (sign === undefined) return left;
    const right = this.must(this.unary(), left.type);
    if (left.type !== "time" && sign !== "==" && sign !== "!=") this.fail(`${sign} is for times only`);
    return { type: "flag", value: (c) => compare(sign, left.value(c), right.value(c)) };
  }

  private unary(): Typed {
    if (!this.take("!")) return this.member();
    const inner = this.must(this.unary(), "flag");
    return { type: "flag", value: (c) => inner.value(c) !== true };
  }

  private member(): Typed {
    let value = this.primary();
    while (this.take(".")) {
      const method = this.name();
      if (method !== "startsWith" && method !== "endsWith") this.fail(`no such method: ${method}`);
      const subject = this.must(value, "text");
      this.expect("(");
      const argument = this.must(this.either(), "text");
      this.expect(")");
      value = {
        type: "flag",
        value: (c) => String(subject.value(c))[method](String(argument.value(c))),
      };
    }
    return value;
  }

  private primary(): Typed {
    if (this.take("(")) {
      const inner = this.either();
      this.expect(")");
      return inner;
    }
    if (this.here.kind === "text") return constant("text", this.text());
    const name = this.name();
    if (name === "true" || name === "false") return constant("flag", name === "true");
    if (name === "timestamp") {
      this.expect("(");
      const time = Date.parse(this.text());
      if (Number.isNaN(time)) this.fail("no such time");
      this.expect(")");
      return constant("time", time);
    }
    this.expect(".");
    return this.variable(`${name}.${this.name()}`);
  }

  private variable(name: string): Typed {
    switch (name) {
      case "resource.name":
        return { type: "text", value: (c) => c.resourceName };
      case "resource.type":
        return { type: "text", value: (c) => c.resourceType };
      case "resource.service":
        return constant("text", "storage.googleapis.com");
      case "request.time":
        return { type: "time", value: (c) => c.time.getTime() };
      case "api.getAttribute": {
        this.expect("(");
        const attribute = this.text();
        if (attribute !== listPrefixAttribute) this.fail(`no such attribute: ${attribute}`);
        this.expect(",");
        const otherwise = this.text();
        this.expect(")");
        return { type: "text", value: (c) => c.attributes[attribute] ?? otherwise };
      }
      default:
        return this.fail(`no such variable: ${name}`);
    }
  }

  private get here(): Token {
    return this.tokens[this.next] ?? { kind: "end", text: "", at: this.expression.length };
  }

  private take(sign: string): boolean {
    if (this.here.kind !== "sign" || this.here.text !== sign) return false;
    this.next += 1;
    return true;
  }

  private expect(sign: string): void {
    if (!this.take(sign)) this.fail(`${sign} expected`);
  }

  private name(): string {
    const { kind, text } = this.here;
    if (kind !== "name") this.fail("a name expected");
    this.next += 1;
    return text;
  }

  private text(): string {
    const { kind, text } = this.here;
    if (kind !== "text") this.fail("text in quotes expected");
    this.next += 1;
    return text;
  }

  private must(value: Typed, type: Type): Typed {
    return value.type === type ? value : this.fail(`${type} expected, ${value.type} found`);
  }

  private fail(what: string): never {
    throw new UnknownCondition(this.expression, this.here.at, what);
  }
}

/** The attribute that Cloud Storage sets for a listing: the prefix that is asked for. */
export const listPrefixAttribute = "storage.googleapis.com/objectListPrefix";

function constant(type: Type, value: string | boolean | number): Typed {
  return { type, value: () => value };
}

function compare(sign: string, a: string | boolean | number, b: string | boolean | number): boolean {
  switch (sign) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}
