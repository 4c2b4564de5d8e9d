import type { EdgeEvent } from '../data-plane/views.ts';
import type { Json } from './json.ts';
import { nowSeconds, siteOf, type DeviceRecord, type MistStore } from './store.ts';

const KEPT = 50_000;

export interface EventDetails {
  text?: string;
  audit_id?: string;
  node?: string;
  reason?: string;
  ev_type?: 'notice' | 'warn';
}

/** Appends a device event and hands it to `publish` (webhooks). */
export function createEventLog(store: MistStore, publish: (event: Json, device: DeviceRecord) => void) {
  let last = 0;
  function record(device: DeviceRecord, type: string, details: EventDetails = {}): Json {
    // Strictly increasing, so that a reader's "since the last event" neither repeats nor skips one.
    last = Math.max(nowSeconds(), Math.round((last + 0.000_001) * 1e6) / 1e6);
    const event: Json = {
      org_id: store.orgId,
      site_id: device.siteId,
      device_type: 'gateway',
      device_name: device.body.name,
      site_name: siteOf(store, device).body.name,
      mac: device.body.mac,
      model: device.model,
      version: device.version,
      timestamp: last,
      type,
      ...details,
    };
    store.events.push(event);
    if (store.events.length > KEPT) store.events.splice(0, store.events.length - KEPT);
    publish(event, device);
    return event;
  }
  return { record };
}

export type EventLog = ReturnType<typeof createEventLog>;

/** The text of an event of the data plane; tools read the name after "Tunnel" and after "neighbor". */
export function edgeEventText(event: EdgeEvent): EventDetails {
  switch (event.type) {
    case 'GW_TUNNEL_UP':
      return { text: `Tunnel ${event.tunnel} is up`, ev_type: 'notice' };
    case 'GW_TUNNEL_DOWN': {
      const why = event.reason === undefined ? {} : { reason: event.reason };
      return { text: `Tunnel ${event.tunnel} is down`, ev_type: 'warn', ...why };
    }
    case 'GW_BGP_NEIGHBOR_UP':
      return { text: `neighbor ${event.neighbor} in vrf default is now Established`, ev_type: 'notice' };
    case 'GW_BGP_NEIGHBOR_DOWN':
      return { text: `neighbor ${event.neighbor} in vrf default is no longer Established`, ev_type: 'warn' };
  }
}
