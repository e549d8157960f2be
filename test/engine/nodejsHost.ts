import { spawn } from "node:child_process";
import type * as grpc from "@grpc/grpc-js";
import languageProto from "@pulumi/pulumi/proto/language_pb";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb";

/**
 * A stand-in for `pulumi-language-nodejs`, which can't be had from a package registry: like it, it starts the
 * SDK's own `cmd/run` in a Node process with the options of Pulumi.yaml. What is tested with it is that real runner
 * on the real index.ts; the real host has been run by hand.
 */
export function nodejsHost(
  root: string,
  nodeargs: readonly string[],
  say: (text: string) => void,
): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo(_: unknown, reply: (error: null, info: pluginProto.PluginInfo) => void) {
      const info = new pluginProto.PluginInfo();
      info.setVersion("1.0.0");
      reply(null, info);
    },
    getRequiredPlugins(
      _: unknown,
      reply: (error: null, response: languageProto.GetRequiredPluginsResponse) => void,
    ) {
      reply(null, new languageProto.GetRequiredPluginsResponse());
    },
    run(
      call: { request: languageProto.RunRequest },
      reply: (error: null, response: languageProto.RunResponse) => void,
    ) {
      const { request } = call;
      const config = Object.fromEntries(request.getConfigMap().toObject(false) as [string, string][]);
      const args = [
        ...nodeargs,
        require.resolve("@pulumi/pulumi/cmd/run"),
        `--organization=${request.getOrganization()}`,
        `--project=${request.getProject()}`,
        `--stack=${request.getStack()}`,
        `--pwd=${root}`,
        `--parallel=${request.getParallel()}`,
        `--monitor=${request.getMonitorAddress()}`,
        `--engine=${request.getArgsList()[0] ?? ""}`,
        ...(request.getDryrun() ? ["--dry-run"] : []),
        ".",
      ];
      const env = {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_NODEJS_TYPESCRIPT: "false",
      };
      const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
      child.stdout.on("data", (chunk: Buffer) => say(chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => say(chunk.toString()));
      child.once("close", (code) => {
        const response = new languageProto.RunResponse();
        if (code !== 0) response.setError(`program exited with ${code}`);
        // The runner exits with this code when it has told the engine of the error itself.
        if (code === 32) response.setBail(true);
        reply(null, response);
      });
    },
  };
}
