/** EC2: a tunnel's options as the API takes them. API reference: VpnTunnelOptionsSpecification. */
import type { TunnelOptions } from "./tunnel-options.ts";

const values = <T>(all: readonly T[] | undefined) => all?.map((Value) => ({ Value }));

/** Returns the options that a new tunnel gets. */
export function tunnelSpecification(given: TunnelOptions) {
  const logs = given.logOptions?.cloudwatchLogOptions;
  return {
    DPDTimeoutAction: given.dpdTimeoutAction,
    DPDTimeoutSeconds: given.dpdTimeoutSeconds,
    EnableTunnelLifecycleControl: given.enableTunnelLifecycleControl,
    IKEVersions: values(given.ikeVersions),
    LogOptions: logs && {
      CloudWatchLogOptions: {
        LogEnabled: logs.logEnabled,
        LogGroupArn: logs.logGroupArn,
        LogOutputFormat: logs.logOutputFormat,
        BgpLogEnabled: logs.bgpLogEnabled,
        BgpLogGroupArn: logs.bgpLogGroupArn,
        BgpLogOutputFormat: logs.bgpLogOutputFormat,
      },
    },
    Phase1DHGroupNumbers: values(given.phase1DhGroupNumbers),
    Phase1EncryptionAlgorithms: values(given.phase1EncryptionAlgorithms),
    Phase1IntegrityAlgorithms: values(given.phase1IntegrityAlgorithms),
    Phase1LifetimeSeconds: given.phase1LifetimeSeconds,
    Phase2DHGroupNumbers: values(given.phase2DhGroupNumbers),
    Phase2EncryptionAlgorithms: values(given.phase2EncryptionAlgorithms),
    Phase2IntegrityAlgorithms: values(given.phase2IntegrityAlgorithms),
    Phase2LifetimeSeconds: given.phase2LifetimeSeconds,
    PreSharedKey: given.presharedKey,
    RekeyFuzzPercentage: given.rekeyFuzzPercentage,
    RekeyMarginTimeSeconds: given.rekeyMarginTimeSeconds,
    ReplayWindowSize: given.replayWindowSize,
    StartupAction: given.startupAction,
    TunnelInsideCidr: given.insideCidr,
  };
}
