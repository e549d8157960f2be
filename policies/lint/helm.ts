import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Collected, Template } from "./collected";
import type { About, DocumentReader } from "./documents";

/** Milliseconds that one chart may take. */
const LONGEST = 60_000;

/** Templates by the chart that they belong to. */
interface Group {
  /** Folder of the outermost chart; undefined if there is none. */
  readonly chart: string | undefined;
  readonly folder: string;
  readonly templates: Template[];
}

/** What is needed to render. */
export interface Rendering {
  readonly workingDirectory: string;
  /** Program that renders, or false for none. */
  readonly helm: string | false;
}

/**
 * Judges what templates make: where they belong to a chart and `helm` is there, what it renders of the chart with the chart's
 * own values; else says once for each chart that nothing was judged.
 */
export function settleTemplates(into: Collected, reader: DocumentReader, rendering: Rendering): void {
  for (const { chart, folder, templates } of groupsOf(into.templates, rendering.workingDirectory)) {
    const ofCnpg = templates.filter(({ cnpg }) => cnpg);
    const [first] = ofCnpg;
    if (first === undefined) {
      for (const other of templates)
        into.left.add("otherTemplate", "", chart === undefined ? other.file : folder, placeOf(other));
      continue;
    }
    const rendered = chart === undefined ? {} : render(chart, rendering);
    const before = into.resources.length;
    for (const { source, text } of rendered.documents ?? []) {
      const file = shownSource(folder, source);
      reader.read(file, Buffer.from(text), {
        line: lineOfKind(resolve(rendering.workingDirectory, file), text),
      });
    }
    const made = into.resources.slice(before).some(({ type }) => type.endsWith("cnpg.io"));
    if (made) continue;
    const reason = rendered.problem !== undefined ? "helm" : chart === undefined ? "loose" : "template";
    for (const { file, after, line } of ofCnpg)
      into.left.add(reason, folder, file, {
        origin: { file, line },
        after,
      });
  }
}

function placeOf({ file, line, after }: Template) {
  return { origin: { file, line }, after };
}

function groupsOf(templates: readonly Template[], workingDirectory: string): Group[] {
  const groups = new Map<string, Group>();
  for (const template of templates) {
    const place = resolve(workingDirectory, template.file);
    const chart = template.file === "-" ? undefined : chartOf(place);
    const folder = chart ?? dirname(place);
    const shown = relative(workingDirectory, folder).replaceAll("\\", "/");
    const outside = shown.startsWith("..");
    const group = groups.get(folder) ?? {
      chart,
      folder: template.file === "-" ? "<chart>" : outside ? folder : shown || ".",
      templates: [],
    };
    group.templates.push(template);
    groups.set(folder, group);
  }
  return [...groups.values()];
}

/** The folder of the chart that a file belongs to; of one within another chart, the outer one. */
export function chartOf(file: string): string | undefined {
  let found: string | undefined;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (found !== undefined && !/\/charts\/[^/]+$/.test(found.replaceAll("\\", "/"))) break;
    if (statSync(join(folder, "Chart.yaml"), { throwIfNoEntry: false })?.isFile()) found = folder;
  }
  return found;
}

interface Rendered {
  readonly documents?: readonly { readonly source: string; readonly text: string }[];
  /** What Helm said, if it could not. */
  readonly problem?: string;
}

function render(chart: string, { helm }: Rendering): Rendered {
  if (helm === false) return {};
  // Few files need it, and it is slow to load.
  const { spawnSync } = require("node:child_process") as typeof import("node:child_process");
  const { error, status, stdout, stderr } = spawnSync(
    helm,
    ["template", "release-name", chart, "--skip-tests"],
    {
      encoding: "utf8",
      timeout: LONGEST,
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return {};
  if (error !== undefined || status !== 0) return { problem: error?.message ?? stderr };
  const documents = stdout.split(/^---\n(?=# Source: )/m).flatMap((text) => {
    const source = /^# Source: (.*)$/m.exec(text)?.[1];
    return source === undefined ? [] : [{ source, text }];
  });
  return { documents };
}

/** The template that Helm names, `<chart>/templates/x.yaml`, as its file is shown. */
function shownSource(folder: string, source: string): string {
  const inside = source.split("/").slice(1).join("/");
  return folder === "." ? inside : `${folder}/${inside}`;
}

/** The line on which a template begins an object of the kind that was rendered. */
function lineOfKind(file: string, rendered: string): About["line"] {
  const kind = /^kind:[ \t]*(\S+)/m.exec(rendered)?.[1];
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    const at = lines.findIndex((line) => line.trim() === `kind: ${kind}`);
    return at < 0 ? 1 : at + 1;
  } catch {
    return 1;
  }
}
