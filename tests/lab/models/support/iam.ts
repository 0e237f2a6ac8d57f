/** IAM's word for a service, by the SDK's name of it. */
const prefixes: Readonly<Record<string, string>> = {
  "CloudWatch Logs": "logs",
  "Elastic Load Balancing v2": "elasticloadbalancing",
};

export const iamPrefix = (service: string): string => prefixes[service] ?? service.toLowerCase();
