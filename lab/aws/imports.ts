/**
 * Lets the SDK's provider server read a resource that the engine imports: the engine then sends no former state, and the server
 * expects one.
 */
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

const { ReadRequest } = messages;
const { getProperties } = ReadRequest.prototype;
ReadRequest.prototype.getProperties = function (this: messages.ReadRequest) {
  return getProperties.call(this) ?? new structs.Struct();
};
