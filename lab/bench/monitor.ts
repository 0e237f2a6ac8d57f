/**
 * A resource monitor that registers at once whatever a program asks for, as in a preview: so a program's own time and
 * memory can be measured apart from the engine's. It speaks the engine's protocol; the program cannot tell.
 */
import * as grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import monitorService from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import monitorMessages from "@pulumi/pulumi/proto/resource_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";

export interface Registered {
  readonly type: string;
  readonly name: string;
}

export interface Monitor {
  /** `host:port` of both the monitor and the engine. */
  readonly address: string;
  readonly registered: readonly Registered[];
  /** When the last resource was registered, on the clock of `performance.now()`. */
  readonly lastAt: () => number;
  /** What the program logged as an error. */
  readonly errors: readonly string[];
  readonly stop: () => void;
}

type Empty = InstanceType<typeof emptyMessages.Empty>;
type Handler<In, Out> = grpc.handleUnaryCall<In, Out>;

type JavaScriptObject = Parameters<typeof structMessages.Struct.fromJavaScript>[0];
export type Invoke = (token: string, args: JavaScriptObject) => JavaScriptObject;

/**
 * @param project of the program
 * @param invoke answers the functions that the program calls
 * @param onEnd called when the program has registered everything, before it may exit
 */
export async function startMonitor(project: string, invoke: Invoke, onEnd: () => void): Promise<Monitor> {
  const registered: Registered[] = [];
  const errors: string[] = [];
  let lastAt = 0;
  const empty = (_call: unknown, callback: grpc.sendUnaryData<Empty>) =>
    callback(null, new emptyMessages.Empty());

  const registerResource: Handler<
    InstanceType<typeof monitorMessages.RegisterResourceRequest>,
    InstanceType<typeof monitorMessages.RegisterResourceResponse>
  > = ({ request }, callback) => {
    const type = request.getType();
    const name = request.getName();
    registered.push({ type, name });
    lastAt = performance.now();
    const response = new monitorMessages.RegisterResourceResponse();
    response.setUrn(`urn:pulumi:bench::${project}::${type}::${name}`);
    response.setObject(request.getObject());
    callback(null, response);
  };
  const supportsFeature: Handler<
    InstanceType<typeof monitorMessages.SupportsFeatureRequest>,
    InstanceType<typeof monitorMessages.SupportsFeatureResponse>
  > = ({ request }, callback) => {
    const response = new monitorMessages.SupportsFeatureResponse();
    response.setHassupport(
      ["secrets", "resourceReferences", "outputValues", "deletedWith"].includes(request.getId()),
    );
    callback(null, response);
  };
  const log: Handler<InstanceType<typeof engineMessages.LogRequest>, Empty> = ({ request }, callback) => {
    if (request.getSeverity() === engineMessages.LogSeverity.ERROR) errors.push(request.getMessage());
    callback(null, new emptyMessages.Empty());
  };
  const invokeFunction: Handler<
    InstanceType<typeof monitorMessages.ResourceInvokeRequest>,
    InstanceType<typeof monitorMessages.ResourceInvokeResponse>
  > = ({ request }, callback) => {
    const result = invoke(request.getTok(), request.getArgs()?.toJavaScript() ?? {});
    const response = new monitorMessages.ResourceInvokeResponse();
    response.setReturn(structMessages.Struct.fromJavaScript(result));
    callback(null, response);
  };
  let root = "";
  const server = new grpc.Server();
  server.addService(monitorService.ResourceMonitorService, {
    registerResource,
    supportsFeature,
    invoke: invokeFunction,
    registerResourceOutputs: empty,
    signalAndWaitForShutdown: (call: unknown, callback: grpc.sendUnaryData<Empty>) => {
      onEnd();
      empty(call, callback);
    },
  });
  server.addService(engineService.EngineService, {
    log,
    setRootResource: (
      call: { request: InstanceType<typeof engineMessages.SetRootResourceRequest> },
      callback: grpc.sendUnaryData<unknown>,
    ) => {
      root = call.request.getUrn();
      callback(null, new engineMessages.SetRootResourceResponse());
    },
    getRootResource: (_call: unknown, callback: grpc.sendUnaryData<unknown>) => {
      const response = new engineMessages.GetRootResourceResponse();
      response.setUrn(root);
      callback(null, response);
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    address: `127.0.0.1:${port}`,
    registered,
    lastAt: () => lastAt,
    errors,
    stop: () => server.forceShutdown(),
  };
}
