import { connectionUri, secretTexts } from "../core/connections";
import { EXTERNAL_SECRET } from "../core/passwordSecrets";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";

const GENERATOR = "Password.generators.external-secrets.io";

/** What ends the password of a URI, or stands for another character. */
const reserved = /[@:/?#%[\]]/;

export default stackRule({
  id: "eso-uri-escaped",
  title: "A generated password in a URI is escaped.",
  severity: "medium",
  tags: ["secrets"],
  why: "A generator's password has symbols unless it says symbols: 0, and by default they may be @, :, /, ? or %. In a URI such a password ends early, or leads to another host: the connection fails on the day that the generator draws one.",
  remedy:
    "Write {{ .password | urlquery }}, or a generator with symbols: 0 or symbolCharacters such as -_.~.",
  url: "https://external-secrets.io/latest/guides/templating/",
  types: [EXTERNAL_SECRET],
  judge({ stack, report, part }) {
    for (const secret of stack.ofType(EXTERNAL_SECRET))
      part(() => {
        const generator = generatorOf(secret, stack);
        if (generator === undefined || !drawsReserved(generator)) return;
        for (const { at, text } of secretTexts(secret)) {
          const [, password] = /^\s*postgres(?:ql)?:\/\/[^:@/]*:(\{\{[^}]*\}\})@/.exec(text) ?? [];
          if (
            password === undefined ||
            connectionUri(text) === undefined ||
            /urlquery|urlencode|quer/i.test(password)
          )
            continue;
          report(
            secret,
            at,
            `puts ${password} into a URI as it is, and ${generator.called} draws symbols that end it. Write ${password.replace(/\s*-?\}\}$/, " | urlquery }}")}.`,
          );
        }
      });
  },
});

function generatorOf(secret: Resource, stack: Stack): Resource | undefined {
  for (const entry of secret.view.list("spec", "dataFrom")) {
    const reference = entry.at("sourceRef", "generatorRef");
    const name = reference.partial("name");
    if (name !== undefined && reference.text("kind") === "Password")
      return stack.find(GENERATOR, secret.namespace, name);
  }
  return undefined;
}

function drawsReserved({ view }: Resource): boolean {
  if (known(() => view.number("spec", "symbols")) === 0) return false;
  const symbols = view.text("spec", "symbolCharacters");
  return symbols === undefined || reserved.test(symbols);
}
