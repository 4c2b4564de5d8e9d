import type { Timing } from '../data-plane/views.ts';
import { effectiveConfig, type MergeHypothesis } from './effective.ts';
import type { EventLog } from './events.ts';
import { configProblems, problemText } from './references.ts';
import { isSsr, nowSeconds, templateOf, type DeviceRecord, type MistStore } from './store.ts';
import { object, objects, texts } from './json.ts';

/** The words that `config_status` takes; the first is spelled as Mist's own example has it. */
export const CONFIG_STATUS = { applied: 'COMMITED', pending: 'PENDING', failed: 'FAILED' } as const;

export interface ConfiguratorOptions {
  store: MistStore;
  timing: Timing;
  hypothesis: () => MergeHypothesis;
  events: EventLog;
  /** Called after a device's running configuration changed. */
  changed: () => void;
}

/** Carries saved configuration to the devices: later, one device at a time, and only if it makes sense to the device. */
export function createConfigurator(options: ConfiguratorOptions) {
  const { store, timing, events } = options;
  const timers = new Map<string, NodeJS.Timeout>();

  function schedule(device: DeviceRecord): void {
    clearTimeout(timers.get(device.body.id));
    if (!device.online) return;
    timers.set(
      device.body.id,
      setTimeout(() => apply(device), timing.configApplyMs),
    );
  }

  function push(devices: Iterable<DeviceRecord>, auditId?: string): void {
    for (const device of devices) {
      device.pending = true;
      device.configStatus = CONFIG_STATUS.pending;
      events.record(device, 'GW_CONFIG_CHANGED_BY_USER', auditId === undefined ? {} : { audit_id: auditId });
      schedule(device);
    }
  }

  function apply(device: DeviceRecord): void {
    timers.delete(device.body.id);
    if (!device.online || !device.pending) return;
    device.pending = false;
    const { config, missing } = effectiveConfig(store, device, options.hypothesis());
    const problems = isSsr(device) ? configProblems(store, device, config, missing) : [];
    if (problems.length > 0) {
      device.configStatus = CONFIG_STATUS.failed;
      events.record(device, 'GW_CONFIG_FAILED', { text: problemText(problems), ev_type: 'warn' });
      return;
    }
    device.running = config;
    device.configStatus = CONFIG_STATUS.applied;
    device.configTimestamp = Math.floor(nowSeconds());
    device.configVersion = Math.max(device.configVersion + 1, device.configTimestamp);
    events.record(device, 'GW_CONFIGURED', { ev_type: 'notice' });
    options.changed();
  }

  return {
    push,
    /** Starts what waited for the device; nothing where nothing did. */
    resume(device: DeviceRecord): void {
      if (device.pending) schedule(device);
    },
    /** A device that left loses the transfer that was under way; it starts again when the device is back. */
    interrupt(device: DeviceRecord): void {
      clearTimeout(timers.get(device.body.id));
      timers.delete(device.body.id);
    },
    close(): void {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

export type Configurator = ReturnType<typeof createConfigurator>;

export function devicesOfSite(store: MistStore, siteId: string): DeviceRecord[] {
  return [...store.devices.values()].filter((device) => device.siteId === siteId);
}

export function devicesOfTemplate(store: MistStore, templateId: string): DeviceRecord[] {
  return [...store.devices.values()].filter((device) => templateOf(store, device)?.['id'] === templateId);
}

/** Devices whose template or own policies name the application. */
export function devicesOfService(
  store: MistStore,
  name: string,
  hypothesis: MergeHypothesis,
): DeviceRecord[] {
  return [...store.devices.values()].filter((device) =>
    effectiveConfig(store, device, hypothesis).config.servicePolicies.some((policy) =>
      texts(policy['services']).includes(name),
    ),
  );
}

/** Devices that have the network attached. */
export function devicesOfNetwork(store: MistStore, name: string): DeviceRecord[] {
  return [...store.devices.values()].filter(
    (device) =>
      name in object(device.running.keys['ip_configs']) ||
      device.running.networks.some((n) => n.name === name),
  );
}

/** Devices that list the organisation's policy. */
export function devicesOfServicePolicy(store: MistStore, policyId: string): DeviceRecord[] {
  return [...store.devices.values()].filter((device) =>
    [
      ...objects(device.body['service_policies']),
      ...objects(templateOf(store, device)?.['service_policies']),
    ].some((policy) => policy['servicepolicy_id'] === policyId),
  );
}
