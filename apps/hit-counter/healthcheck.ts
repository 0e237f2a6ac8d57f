/** Exit status 0 when the server in this container is well. For HEALTHCHECK, and for `healthCheck` of an ECS service. */
const response = await fetch(`http://localhost:${process.env.PORT ?? 8080}/health`, {
  signal: AbortSignal.timeout(2000),
}).catch((error: unknown) => {
  console.error(error);
  return undefined;
});
process.exit(response?.ok ? 0 : 1);
