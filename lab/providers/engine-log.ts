/**
 * Lines that a provider shows under a resource while it works on it.
 */
import * as grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

export type LogLine = (urn: string, line: string) => void;

/**
 * @param address where the engine listens, `host:port`: the one argument with which it starts a plugin. Without
 *   it (the provider was not started as a plugin) the lines go nowhere.
 */
export function engineLog(address: string | undefined): LogLine {
  if (address === undefined) return () => undefined;
  const engine = new engineService.EngineClient(address, grpc.credentials.createInsecure());
  return (urn, line) => {
    const request = new engineMessages.LogRequest();
    request.setSeverity(engineMessages.LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(line);
    request.setEphemeral(true);
    // An engine that has ended needs no lines, and a lost line must not fail the resource.
    engine.log(request, () => undefined);
  };
}
