/** A program of which one resource waits for what never comes. */
import { ComponentResource } from "@pulumi/pulumi";

new ComponentResource("test:index:First", "first");
new ComponentResource("test:index:Waiting", "waiting", {}, { dependsOn: new Promise<never>(() => {}) });
